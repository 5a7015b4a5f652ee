//! What viewers make of it.
