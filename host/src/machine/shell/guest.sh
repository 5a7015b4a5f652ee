# What Proctor's shells on a machine do. Sent to the guest's first shell, without these comments.
#
# The first shell (on hvc0) controls; a worker (on hvc1) runs commands one at a time; bulk ports carry their output.
# Everything said on a console or a port stands between STX and ETX and begins with the session's number; what
# stands outside is stray. Names are long so that no command meets them by accident.

__proctor_say() { printf '\002%s %s\003' "$__proctor_session" "$*"; }

# Stops and then kills a process group and all descendants of its leader, whatever signals they ignore.
__proctor_kill() {
  local group=$1 found=" $1 " queue=("$1") process task child children stat parent
  kill -STOP -- "-$group" 2>/dev/null
  while [ ${#queue[@]} -gt 0 ]; do
    process=${queue[0]}
    queue=("${queue[@]:1}")
    kill -STOP "$process" 2>/dev/null
    children=
    if [ -e "/proc/$process/task/$process/children" ]; then
      for task in /proc/"$process"/task/*/children; do
        { read -r child < "$task"; } 2>/dev/null
        children+=" $child"
      done
    elif [ ! -e "/proc/$$/task/$$/children" ]; then
      for task in /proc/[0-9]*/stat; do
        { read -r stat < "$task"; } 2>/dev/null || continue
        parent=${stat##*) ? }
        [ "${parent%% *}" = "$process" ] && children+=" ${stat%% *}"
      done
    fi
    for child in $children; do
      case $found in *" $child "*) ;; *) found+="$child "; queue+=("$child") ;; esac
    done
  done
  { kill -KILL -- "-$group"; kill -KILL $found; } 2>/dev/null
  return 0
}

# Who holds a port or pipe: every process whose standard output or standard error is it or, where there is none and
# others than the relay $2 are known to hold it, who has it open at all.
__proctor_holders() {
  local process descriptor descriptors name found=
  for descriptors in "[12]" ${2:+"*"}; do
    for process in /proc/[0-9]*; do
      case ${process#/proc/} in "$BASHPID" | "$$" | "$2") continue ;; esac
      for descriptor in "$process/fd/"$descriptors; do
        [ "$descriptor" -ef "$1" ] || continue
        found=1 name=?
        { read -r name < "$process/comm"; } 2>/dev/null
        printf ' %s:%q' "${process#/proc/}" "$name"
        continue 2
      done
    done
    [ -z "$found" ] || return
  done
}

# Notes who holds a port, and says so. Looks twice: a job may not have redirected its output yet, and who was killed not be
# gone yet.
__proctor_note_holders() {
  __proctor_held[$1]=$(__proctor_holders "${__proctor_ports[$1]}" "$2")
  [ -n "${__proctor_held[$1]}" ] || return
  read -r -t 0.05 -u "$__proctor_never"
  __proctor_held[$1]=$(__proctor_holders "${__proctor_ports[$1]}" "$2")
  [ -z "${__proctor_held[$1]}" ] || __proctor_say held "$__proctor_number" "${__proctor_held[$1]}"
}

# Opens a free bulk port as $__proctor_out. A port is exclusive: while a background job of an earlier command holds
# one, opening it fails, and so nobody's late output can get into another command's answer.
__proctor_open() {
  local number holder
  __proctor_out=
  for number in "${!__proctor_ports[@]}"; do
    for holder in ${__proctor_held[number]-}; do
      kill -0 "${holder%%:*}" 2>/dev/null && continue 2
    done
    __proctor_held[number]=
    if exec {__proctor_out}<>"${__proctor_ports[number]}"; then
      __proctor_port=$number
      return
    fi
    __proctor_out=
    # Somebody who has left the command's process group, too.
    __proctor_note_holders "$number" -
  done
}

# Waits for the command and notes its status. Without a control shell the only console must be listened to meanwhile.
__proctor_wait() {
  if [ "$__proctor_alone" ]; then
    local line
    while kill -0 "$__proctor_job"; do
      read -r -t 0.02 -u "$__proctor_never"
      read -r -t 0 && IFS= read -r line && case $line in
        kill) __proctor_kill "$__proctor_job" ;;
        ping) __proctor_say pong ;;
      esac
    done
  fi
  wait "$__proctor_job"
  __proctor_status=$?
  # A command that was stopped has not ended. "wait -f" would do, but in bash 5.2 it looks at freed memory and may wait
  # for ever.
  while [ "$__proctor_status" -gt 128 ] && kill -0 "$__proctor_job"; do
    read -r -t 0.02 -u "$__proctor_never"
    wait "$__proctor_job"
    __proctor_status=$?
  done
}

# Opens the pipe over which subshells are told their commands.
__proctor_open_pipe() {
  exec {__proctor_job}<> <(:)
  exec {__proctor_listen}<"/dev/fd/$__proctor_job" {__proctor_tell}>"/dev/fd/$__proctor_job" {__proctor_job}>&-
}

# Forks the next command's subshell, which waits until it is told the command's length and the command, or a zero for the
# command that it knows. The fork takes longest of all, and between commands nobody waits for it. A worker that dies
# closes the pipe, and that ends its standby.
__proctor_stand_by() {
  (
    set +m -euo pipefail
    read -r -d : -u "$__proctor_listen" __proctor_told || exit
    [[ $__proctor_told == 0 ]] || IFS= read -r -N "$__proctor_told" -u "$__proctor_listen" __proctor_command
    exec {__proctor_listen}<&-
    [[ -z $__proctor_locale ]] || eval "$__proctor_locale"
    eval -- "$__proctor_command"
  ) < /dev/null >&"$__proctor_out" 2>&"$__proctor_err" \
    {__proctor_out}>&- {__proctor_console}>&- {__proctor_never}>&- {__proctor_err}>&- {__proctor_tell}>&- &
  __proctor_job=$!
}

# The quick way: output goes straight to a bulk port. The next command's port is opened, and its subshell forked, while
# nobody waits for it. In one piece, and with [[ instead of [: every function and builtin that is called costs a tenth of a
# millisecond under emulation. A long command is not told: it may be more than a pipe takes.
__proctor_run_quickly() {
  local __proctor_told=$__proctor_command
  if [[ ${#__proctor_told} -gt 2000 && $__proctor_job ]] && kill -KILL "$__proctor_job"; then wait "$__proctor_job"; fi
  if [[ -z $__proctor_job ]] || ! kill -0 "$__proctor_job"; then
    __proctor_told=
    __proctor_stand_by
  fi
  printf '\002%s start %s %s\003' "$__proctor_session" "$__proctor_number" "$__proctor_job" >&"$__proctor_out"
  printf '%s:%s' "${#__proctor_told}" "$__proctor_told" >&"$__proctor_tell"
  if [[ $__proctor_alone ]]; then
    __proctor_wait
  else
    wait "$__proctor_job"
    __proctor_status=$?
    [[ $__proctor_status -le 128 ]] || __proctor_wait
  fi
  printf '\002%s end %s %s\003' "$__proctor_session" "$__proctor_number" "$__proctor_status" >&"$__proctor_out"
  exec {__proctor_out}>&-
  if kill -0 -- "-$__proctor_job"; then __proctor_note_holders "$__proctor_port" ""; fi
  if [[ $__proctor_status -gt 128 ]]; then
    # In the pipe may be what was told to a subshell that was killed too early to hear it. It is not read from there: where
    # its time passes, bash's read keeps what it has not given out yet, and takes it for the next line of the console.
    exec {__proctor_listen}<&- {__proctor_tell}>&-
    __proctor_open_pipe
  fi
  __proctor_job= __proctor_command=
  __proctor_open
  [[ -z $__proctor_out ]] || __proctor_stand_by
}

# Waits until the relay has read what the command printed: until the pipe is empty or, where its holder goes on to print,
# until as much has passed as a pipe holds. Forgets the holders where that never comes.
__proctor_drain() {
  local size before=$(wc -c <&"$__proctor_count")
  exec {__proctor_left}<"/proc/$__proctor_relay/fd/0" || return
  while kill -0 "$__proctor_relay" && read -r -t 0 -u "$__proctor_left"; do
    size=$(wc -c <&"$__proctor_count")
    [ $((size - before)) -lt 65536 ] || break
    __proctor_tries=$((__proctor_tries + 1))
    [ "$__proctor_tries" -lt 3000 ] || __proctor_holders=
    [ "$__proctor_holders" ] || break
    read -r -t 0.01 -u "$__proctor_never"
  done
  exec {__proctor_left}<&-
}

# The slow way, without a free port: output goes through a pipe, of which cat keeps little more than is wanted, to a file that
# has no name any more, and from there over the console.
__proctor_run_slowly() {
  local __proctor_directory __proctor_file __proctor_input __proctor_count __proctor_kept __proctor_relay
  local __proctor_tries=0 __proctor_holders= __proctor_left=
  for __proctor_directory in /dev/shm /run /tmp "$HOME"; do
    __proctor_file=$__proctor_directory/.proctor-$$-$__proctor_number
    exec {__proctor_kept}>"$__proctor_file" && break
    __proctor_file=
  done
  if [ -z "$__proctor_file" ]; then
    __proctor_say broken "$__proctor_number" "no directory to write to"
    return
  fi
  exec {__proctor_input}<"$__proctor_file" {__proctor_count}<"$__proctor_file"
  rm -f "$__proctor_file"
  exec {__proctor_out}> >(
    ulimit -c 0
    ulimit -f $((__proctor_most / 1024 + 1))
    exec cat >&"$__proctor_kept" 2>/dev/null
  )
  __proctor_relay=$!
  exec {__proctor_kept}>&-
  (
    __proctor_say start "$__proctor_number" "$BASHPID" >&"$__proctor_console"
    exec {__proctor_console}>&-
    [[ -z $__proctor_locale ]] || eval "$__proctor_locale"
    set +m -euo pipefail
    eval -- "$__proctor_command"
  ) < /dev/null >&"$__proctor_out" 2>&"$__proctor_err" \
    {__proctor_out}>&- {__proctor_never}>&- {__proctor_err}>&- {__proctor_input}<&- {__proctor_count}<&- \
    {__proctor_listen}<&- {__proctor_tell}>&- &
  __proctor_job=$!
  __proctor_wait
  exec {__proctor_out}>&-
  __proctor_out=
  # What the command printed is in the pipe at the most; what else holds the pipe is not waited for long.
  while [ "$__proctor_tries" -lt 3000 ] && kill -0 "$__proctor_relay"; do
    __proctor_tries=$((__proctor_tries + 1))
    read -r -t 0.01 -u "$__proctor_never"
    if [ $((__proctor_tries % 100)) -eq 10 ]; then
      __proctor_holders=$(__proctor_holders "/proc/$__proctor_relay/fd/0" "$__proctor_relay")
      [ -z "$__proctor_holders" ] || break
    fi
  done
  if [ "$__proctor_holders" ]; then __proctor_drain; fi
  kill -KILL "$__proctor_relay"
  wait "$__proctor_relay"
  __proctor_relay=$?
  __proctor_file=$(wc -c <&"$__proctor_count")
  # It ends with the pipe, or where there is too much; for who holds the pipe it is killed. Otherwise output is lost.
  if [ "$__proctor_file" -lt "$__proctor_most" ]; then
    case $__proctor_relay:$__proctor_holders in
      0:* | 137:?*) ;;
      *)
        __proctor_say broken "$__proctor_number" "output was lost; $__proctor_directory may be full"
        exec {__proctor_input}<&- {__proctor_count}<&-
        __proctor_job=
        return
        ;;
    esac
  fi
  __proctor_say length "$__proctor_number" "$__proctor_file"
  if [ "$__proctor_file" -lt "$__proctor_most" ]; then
    printf '\002%s data %s ' "$__proctor_session" "$__proctor_number"
    base64 <&"$__proctor_input"
    printf '\003'
  fi
  exec {__proctor_input}<&- {__proctor_count}<&-
  __proctor_job=
  __proctor_say end "$__proctor_number" "$__proctor_status"
  [ -z "$__proctor_holders" ] || __proctor_say held "$__proctor_number" "$__proctor_holders"
}

# Takes a command of several pieces or with escapes. Piece by piece: bash takes the square of the length for it.
__proctor_take() {
  local pieces=$1 piece=$2 escape=$'\037'
  __proctor_command=
  while
    piece=${piece//${escape}0/$'\n'}
    __proctor_command+=${piece//${escape}1/$escape}
    pieces=$((pieces - 1))
    [ "$pieces" -gt 0 ]
  do
    __proctor_say more "$__proctor_number"
    IFS= read -r piece || return
    [ "$piece" != "${escape}2" ] || return 2
  done
}

# The worker. A command comes as a line `run NUMBER MOST:COMMAND` or, where it is long or has escapes, as a line `take
# NUMBER MOST PIECES:PIECE` and a line for each further piece, which is asked for. From a terminal bash reads a whole
# buffer for one line and forgets what follows the line's end: so nothing is sent that was not asked for, and line feeds
# are written as US 0, US as US 1. A line US 2 instead of a piece says that no more of the command comes.
__proctor_work() {
  local __proctor_line __proctor_number=0
  exec {__proctor_console}>&1 {__proctor_err}>&2 2>/dev/null
  exec {__proctor_never}<> <(:)
  __proctor_open_pipe
  set -m
  # Here lines are bytes; commands find the locale as it was. Where it is plain nothing is done: setting one takes time.
  __proctor_locale=
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C | POSIX) ;;
    *)
      __proctor_locale="unset LC_ALL"
      [ -z "${LC_ALL-}" ] || printf -v __proctor_locale "export LC_ALL=%q" "$LC_ALL"
      LC_ALL=C
      ;;
  esac
  __proctor_held=() __proctor_job= __proctor_command=
  __proctor_open
  [[ -z $__proctor_out ]] || __proctor_stand_by
  # What an earlier worker was told and has not heard is not for this one.
  while read -r -t 0 && IFS= read -r -N 1 __proctor_line; do :; done
  __proctor_say ready "$$" "$__proctor_life"
  while IFS= read -r __proctor_line; do
    case $__proctor_line in "run "* | "take "*) ;; *) continue ;; esac
    set -- ${__proctor_line%%:*}
    __proctor_number=$2 __proctor_most=$3 __proctor_command=${__proctor_line#*:}
    if [[ $1 == take ]]; then
      __proctor_take "$4" "$__proctor_command"
      case $? in 0) ;; 2) __proctor_command= && continue ;; *) return ;; esac
    fi
    [[ $__proctor_out ]] || __proctor_open
    if [[ $__proctor_out ]]; then __proctor_run_quickly; else __proctor_run_slowly; fi
  done
}

# Keeps a worker alive on the second console, as long as the first shell lives. Each has a name of its own, by which it says
# that it is ready, and by which its death is told. The console is opened and set anew for
# each: a worker that dies may have it as its controlling terminal, and then it hangs up. The worker's text stands in its
# environment, not among its arguments, where `pkill -f` would find the names of all sorts of programs.
__proctor_supervise() {
  local source status serial life lives=0
  set +m
  exec {serial}>&2 2>/dev/null
  source="unset -v __proctor_source; __proctor_session=$__proctor_session __proctor_alone=
$(declare -p __proctor_ports); $(declare -f)
__proctor_work"
  while kill -0 "$$"; do
    lives=$((lives + 1)) life=$BASHPID.$((lives + 1))
    (
      exec 0<>"$1" 1>&0
      stty raw -echo
      __proctor_source="__proctor_life=$life; $source" exec $__proctor_setsid "$BASH" --norc -c 'eval "$__proctor_source"' bash \
        proctor-worker "$__proctor_session" 2>&"$serial" {serial}>&-
    )
    status=$?
    __proctor_say down "$status" "$life"
    sleep 0.1
  done
}

# Starts the supervisor where there is none that lives.
__proctor_revive() {
  [ "$__proctor_supervisor" ] && kill -0 "$__proctor_supervisor" 2>/dev/null && return
  set -m
  __proctor_supervise "$__proctor_second" &
  __proctor_supervisor=$!
  set +m
}

# A sign of life of the first shell's, and of a worker's, whose death nobody else tells where its supervisor died too.
__proctor_pong() {
  if kill -0 "$1" 2>/dev/null; then
    __proctor_say pong
  else
    __proctor_revive
    __proctor_say gone "$1"
  fi
}

# Interrupts all processes of a session.
__proctor_interrupt() {
  local stat session
  for stat in /proc/[0-9]*/stat; do
    { read -r stat < "$stat"; } 2>/dev/null || continue
    session=${stat##*) ? }
    session=${session#* * }
    [ "${session%% *}" != "$1" ] || kill -INT "${stat%% *}" 2>/dev/null
  done
}

# Gives the terminals of a process's children so many rows and columns or, where none are told, interrupts the sessions that
# they lead.
__proctor_notify() {
  local stat parent child
  for stat in /proc/[0-9]*/stat; do
    { read -r stat < "$stat"; } 2>/dev/null || continue
    parent=${stat##*) ? } child=${stat%% *}
    [ "${parent%% *}" = "$1" ] || continue
    if [ -z "${2-}" ]; then
      __proctor_interrupt "$child"
    elif [ -c "/proc/$child/fd/0" ]; then
      stty rows "$2" cols "$3" < "/proc/$child/fd/0" 2>/dev/null
    fi
  done
}

# Sets everything up. What is left of an earlier session on this guest is ended first. Where this shell has to work alone it
# does so afterwards: commands must not see what is local here.
__proctor_start() {
  local tries=0 device=${PROCTOR_DEV:-/dev} system=${PROCTOR_SYS:-/sys} port name arguments process
  [ -z "${__proctor_supervisor-}" ] || __proctor_kill "$__proctor_supervisor"
  __proctor_session=$1 __proctor_life=$$ __proctor_alone= __proctor_ports=() __proctor_setsid= __proctor_supervisor=
  for process in $2; do
    { mapfile -d '' -t arguments < "/proc/$process/cmdline"; } 2>/dev/null
    case ${arguments[*]} in *"proctor-worker $3") __proctor_kill "$process" ;; esac
  done
  while [ "$4" != alone ] && [ ! -e "$device/hvc1" ] && [ "$tries" -lt 20 ]; do
    tries=$((tries + 1))
    sleep 0.05
  done
  for name in "$system"/class/virtio-ports/*/name; do
    { read -r port < "$name"; } 2>/dev/null || continue
    case $port in proctor.bulk.*)
      name=${name%/name}
      [ -e "$device/${name##*/}" ] && __proctor_ports+=("$device/${name##*/}")
      ;;
    esac
  done
  command -v setsid > /dev/null && __proctor_setsid=setsid
  if [ "$4" != alone ] && [ -e "$device/hvc1" ]; then
    __proctor_say control "$$"
    __proctor_second=$device/hvc1
    __proctor_revive
  else
    __proctor_alone=1
    __proctor_say alone "$$"
  fi
}
