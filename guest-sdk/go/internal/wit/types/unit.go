// From go.bytecodealliance.org/pkg v0.4.0, whose licence is in ../LICENSE.

package wit_types

type Unit struct{}
