/**
 * The POSIX shell script that tmux starts in a pane. It runs one command and keeps a journal of how that
 * went, because tmux itself loses exit codes. A string, so that it needs no place beside the built code.
 */
export const WRAPPER_SCRIPT = `#!/bin/sh
# tmuxlet's wrapper: runs one command in a tmux pane and journals how it went.
#   sh WRAPPER RUN_DIRECTORY [unpiped]
# Lines of RUN_DIRECTORY/journal:
#   wrapper PID START_TICKS BOOT_ID | start PID START_TICKS | signal NAME | exit CODE
run=$1

note() {
  printf '%s\\n' "$*" >>"$run/journal"
}

# Sets ticks to field 22 of /proc/PID/stat. The name in parentheses may hold spaces: count from the last ")".
read_ticks() {
  stat=
  read -r stat <"/proc/$1/stat"
  set -- \${stat##*) }
  ticks=\${20}
}

# Sets words to the command line of PID; to nothing when it has ended.
read_words() {
  words=
  { read -r words <"/proc/$1/cmdline"; } 2>/dev/null
}

# Until it becomes the command, a child is a copy of this shell: it has its traps, and a signal would be lost on it.
send() {
  read_words $$
  own=$words
  while read_words "$!"; [ -n "$words" ] && [ "$words" = "$own" ]; do :; done
  kill -s "$1" "$!"
}

pass_on() {
  interrupted=yes
  note signal "$1"
  if [ -n "$!" ]; then send "$1"; else too_early=$1; fi
}

# Ctrl-C and Ctrl-\\ are for the command; what is sent to end the pane is passed on to it.
too_early=
trap '' INT QUIT
trap 'pass_on HUP' HUP
trap 'pass_on TERM' TERM

# The witness: whoever reads this FIFO is told by its end that the wrapper is dead. Only the wrapper holds it.
# A background command would get /dev/null for its input, so the pane's is kept aside and given back.
exec 8<&0 9<>"$run/alive"

read -r boot_id </proc/sys/kernel/random/boot_id
read_ticks $$
# Begun again after the machine went down within a line, the journal goes on in a new one.
[ ! -s "$run/journal" ] || note
note wrapper $$ "$ticks" "$boot_id"

/usr/bin/env -i --default-signal=INT,QUIT "TERM=$TERM" "TMUX=$TMUX" "TMUX_PANE=$TMUX_PANE" \\
  /bin/sh "$run/start" <&8 8<&- 9>&- &
read_ticks $!
note start $! "$ticks"
[ -z "$too_early" ] || send "$too_early"

# A trapped signal interrupts wait; the command is then still there, if only as a zombie that keeps its code.
while :; do
  interrupted=
  wait $!
  code=$?
  [ -n "$interrupted" ] && kill -0 $! 2>/dev/null || break
done

trap '' HUP TERM
note exit "$code"

# What tmux has not read yet when a process ends is thrown away, unless the pane's output goes to a pipe.
[ -z "$2" ] || sleep 0.2
exit "$code"
`;
