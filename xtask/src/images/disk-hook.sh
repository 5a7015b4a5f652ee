#!/bin/sh
# mmdebstrap calls this as root of the new system, with its directory. What is beside this script becomes part of it.
set -eu
work=$(dirname "$0")
PATH=$PATH:/usr/sbin:/sbin

# Directories of the packages keep their modes, and links to directories stay links.
tar --directory="$work/files" --create . |
    tar --directory="$1" --extract --no-same-owner --no-overwrite-dir --keep-directory-symlink
chroot "$1" /bin/bash <"$work/configure"

# Through this mount the system is seen without the file systems that are mounted in it now.
mount --bind "$1" "$1/mnt"
status=0
mkfs.ext4 -q -L root -m 0 -E lazy_itable_init=0,lazy_journal_init=0 -O ^metadata_csum \
    -d "$1/mnt" "$work/disk" "$PROCTOR_DISK_SIZE" || status=$?
umount "$1/mnt"
exit "$status"
