//! Who is operator or admin, and how they sign in.
