"""The charter: prose articles with typed clauses, the rules they contain, and what may change them."""
