//! Reports: each reads events and knows nothing else.
