"""Speed and memory against peers: same machine, same cases, one run (`make bench`).

Ours is `engine.posterior` from evidence to all posteriors, planning included; each case is timed once, fresh, on one
core, after another case of the same network. Refused cases stay in the percentiles as infinitely long. Peers are asked
for every condition (on the shipped network also every reason), each in a process with a limit of address space and of
time; what runs into a limit counts as at least that long. Ratios are medians over the same cases, with the largest
difference of any posterior beside them. A peer that failed twice running is not asked for more positive findings.
"""
