#!/bin/sh
# Ends what a killed process leaves behind.
#
# Reads one line per child: <pid> <start time> <signal>.
# When the writer is gone, however it ended, each child that still lives gets its signal,
# and SIGKILL when it is not gone 8 seconds later.
# A shell script because it waits for months and should weigh nothing.

lives() { # <pid> <start time>: ids are reused, start times are not
    { read -r stat < "/proc/$1/stat"; } 2>/dev/null || return 1
    started=$2
    # shellcheck disable=SC2086
    set -- ${stat##*) } # the name before the last bracket may hold anything
    [ "$1" != Z ] && [ "${20}" = "$started" ]
}

living() { # those of the children that live
    for child in $children; do
        IFS=: read -r pid start signal <<END
$child
END
        lives "$pid" "$start" && printf '%s ' "$child"
    done
}

send() { # <signal or ->: to each child, - meaning its own
    for child in $children; do
        IFS=: read -r pid start signal <<END
$child
END
        [ "$1" = - ] || signal=$1
        kill -s "$signal" "$pid" 2>/dev/null
    done
}

children=""
while read -r pid start signal; do
    children="$(living)$pid:$start:$signal "
done

children=$(living)
send -
tries=0
while [ -n "$children" ] && [ $tries -lt 40 ]; do
    sleep 0.2
    children=$(living)
    tries=$((tries + 1))
done
send KILL
