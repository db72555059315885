"""Runs programs that we did not write behind as many walls as the machine has.

A *zygote* is an interpreter that has imported everything and forks once per program; the fork locks itself
in (`lockdown`) and then runs the program. `pool` is the side of the caller, `zygote` the side of the forks,
`protocol` what goes over the wire between them.
"""
