//! One file per command: plain options in, an outcome out.
