//! What CI systems make of it.
