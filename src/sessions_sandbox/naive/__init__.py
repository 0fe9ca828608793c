"""Code with the mistakes that the lessons show. Each piece says what is wrong; nothing else may use it."""
