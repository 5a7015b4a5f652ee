cd "${PATH%%:*}"
printf '#!/bin/bash\n[ "$1" != --user ] || shift\ncase ${!#} in
    up) state=active ;; broken) state=failed ;; *) state=activating ;; esac
    case $1 in start | stop) echo "$1"; [ "$state" = active ] ;;
    *) printf "Id=%%s\nActiveState=$state\nSubState=sub\nLoadState=loaded\n" "${!#}" ;; esac\n' > systemctl
printf '#!/bin/sh\necho its last words\n' > journalctl
printf '#!/bin/bash\nexec bash -c "${!#}"\n' > su
chmod +x systemctl journalctl su
