"""What a report is made of: for each call, events of three numbers, and the variables that differ.

| event | first | second |
|---|---|---|
| STEP | site that is about to be executed | number of the look at the variables |
| SUSPENDS | value that is handed out | number of the look |
| LEAVES | | number of the look |
| EXITS | site of a `with` whose block is left, before what is run then | number of the look |
| START | site of a loop that is started | |
| ROUND | site of a loop whose body is begun | |
| TAKEN | site of an `if` whose body is begun | |
| RETURNS | site of the `return`, NOWHERE at the end of the body | the value |
| PASSING | line at which an exception was raised or came in | the exception |
| FAILS | name of the type of the exception that ends the call | the exception |
| WAITS | | |
"""

STEP, SUSPENDS, LEAVES, START, ROUND, TAKEN, RETURNS, PASSING, FAILS, WAITS, EXITS = range(1, 12)
NOWHERE = -1
GONE = 0
"""Number of the text of a variable without a value."""
NO_IDENTITY = -1
NUMBERS = 3
"""How many numbers an event, or a changed variable, has."""
