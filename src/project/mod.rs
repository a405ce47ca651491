//! What is on disk, what should be there, and the plan between the two.
