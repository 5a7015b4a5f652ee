# Functions for the script `boot` of an image, which starts one machine and becomes QEMU; start scripts `run-NAME-vm`
# call it.
#
#   boot --name NAME [--node N] [--vlans "N N"] [--hosts "NAME=NODE NAME=NODE"] [FLAG...] [-- ARGUMENT...]
#
# The arguments after -- go to QEMU, as do the words of QEMU_OPTS; QEMU_NET_OPTS is added to the user network's
# options and QEMU_KERNEL_PARAMS to the kernel's parameters. TMPDIR is the machine's state directory, SHARED_DIR
# what all machines share, QEMU_VDE_SOCKET_N the switch of VLAN N.
# The script has set `image` to its own directory.
# shellcheck shell=bash disable=SC2034,SC2154 # What is set in one file is used in the other.

fail() {
    echo "boot: $*" >&2
    exit 2
}

# Both numbers are one byte of a hardware address and one of an IPv4 address.
check_byte() {
    case $2 in
        '' | *[!0-9]*) fail "$1 must be a number from 1 to 254, not '$2'" ;;
    esac
    [ "$2" -ge 1 ] && [ "$2" -le 254 ] || fail "$1 must be a number from 1 to 254, not '$2'"
}

# Sets name, node, vlans and hosts, and flags to what was given of the flags that the image knows (`known_flags`, with
# a space before and after each). QEMU's own arguments are left in qemu_arguments.
read_arguments() {
    name='' node=1 vlans='' hosts='' flags=' ' qemu_arguments=()
    while [ $# -gt 0 ]; do
        case $1 in
            --)
                shift
                qemu_arguments=("$@")
                break
                ;;
            --name | --node | --vlans | --hosts)
                [ $# -ge 2 ] || fail "$1 needs a value"
                case $1 in
                    --name) name=$2 ;;
                    --node) node=$2 ;;
                    --vlans) vlans=$2 ;;
                    --hosts) hosts=$2 ;;
                esac
                shift 2
                ;;
            --*)
                case ${known_flags:-} in
                    *" $1 "*) flags="$flags$1 " ;;
                    *) fail "unknown argument '$1'" ;;
                esac
                shift
                ;;
            *) fail "unknown argument '$1'" ;;
        esac
    done
    case $name in
        '') fail "--name is missing" ;;
        *[!A-Za-z0-9_-]*) fail "the name '$name' has characters that cannot be in a host name" ;;
    esac
    check_byte --node "$node"
}

enter_state_directory() {
    TMPDIR=${TMPDIR:-$(mktemp -d)}
    mkdir -p "$TMPDIR/xchg"
    cd "$TMPDIR" || fail "cannot enter $TMPDIR"
}

# Sets parameters to the kernel's: what makes it quick, and what the guest's scripts read.
set_kernel_parameters() {
    local first_vlan=${vlans%% *} known_hosts='' host
    if [ -n "$first_vlan" ]; then
        for host in $hosts; do
            check_byte "the node of '$host'" "${host#*=}"
            known_hosts="$known_hosts${known_hosts:+,}${host%%=*}:192.168.$first_vlan.${host#*=}"
        done
    fi
    # What each saves was measured under emulation: self tests, mitigations, security modules, tracing and
    # certificates cost seconds.
    parameters="console=ttyS0 console=tty0 panic=-1 loglevel=4 cryptomgr.notests rodata=off mitigations=off"
    parameters="$parameters lsm=capability audit=0 nowatchdog no_timer_check net.ifnames=0 random.trust_cpu=on"
    parameters="$parameters 8250.nr_uarts=1"
    parameters="$parameters initcall_blacklist=init_kprobe_trace,load_system_certificate_list,init_blk_tracer"
    parameters="$parameters proctor.name=$name proctor.hosts=$known_hosts"
}

# Sets devices to QEMU's arguments for networks and shared directories. A comma in a path is written twice for QEMU.
set_devices() {
    local vlan socket switch hardware vlan_index=1
    devices=(
        -netdev "user,id=user.0${QEMU_NET_OPTS:+,$QEMU_NET_OPTS}"
        -device "virtio-net-pci,netdev=user.0,mac=52:54:00:ff:00:$(printf %02x "$node"),romfile="
        -virtfs "local,path=${TMPDIR//,/,,}/xchg,security_model=none,mount_tag=xchg"
    )
    if [ -n "${SHARED_DIR:-}" ]; then
        devices+=(-virtfs "local,path=${SHARED_DIR//,/,,},security_model=none,mount_tag=shared")
    fi
    for vlan in $vlans; do
        check_byte "a VLAN" "$vlan"
        socket=QEMU_VDE_SOCKET_$vlan
        [ -n "${!socket:-}" ] || fail "$socket is not set: VLAN $vlan has no switch"
        switch=${!socket//,/,,}
        hardware=$(printf '52:54:00:12:%02x:%02x' "$vlan" "$node")
        devices+=(
            -netdev "vde,id=vlan$vlan_index,sock=$switch"
            -device "virtio-net-pci,netdev=vlan$vlan_index,mac=$hardware,romfile="
        )
        vlan_index=$((vlan_index + 1))
    done
}

# Becomes QEMU, with the image's own arguments before those that it was called with.
start_qemu() {
    # shellcheck disable=SC2086 # QEMU_OPTS is a list of words.
    exec qemu-system-x86_64 -name "$name" -smp 1 -machine q35 -accel tcg,tb-size=256 \
        -kernel "$image/vmlinux" -initrd "$image/initramfs" -append "$parameters ${QEMU_KERNEL_PARAMS:-}" \
        "$@" "${devices[@]}" ${QEMU_OPTS:-} "${qemu_arguments[@]}"
}
