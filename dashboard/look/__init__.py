"""The look, and how words are measured and written: colours, marks, fonts, numbers, days."""
