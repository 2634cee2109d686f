"""What is true on a day: each rule once, in words and as one function."""
