"""A queue at a ticket window."""


def serve(tickets, place):
    """Each person in turn buys one ticket and goes to the end; return when the one at `place` has all."""
    left = list(tickets)
    minutes = 0
    while left[place] > 0:
        for person, wanted in enumerate(left):
            if wanted > 0:
                left[person] -= 1
                minutes += 1
                if person == place and left[person] == 0:
                    break
    return minutes
