/* Installs a `systemctl` of the tests' own: systemctl.sh beside this directory. */
static const char SYSTEMCTL[] = "cd \"${PATH%%:*}\"\n"
                                "printf '#!/bin/bash\\n[ \"$1\" != --user ] || shift\\ncase ${!#} in\n"
                                "    up) state=active ;; broken) state=failed ;; *) state=activating ;; esac\n"
                                "    case $1 in start | stop) echo \"$1\"; [ \"$state\" = active ] ;;\n"
                                "    *) printf \"Id=%%s\\nActiveState=$state\\nSubState=sub\\nLoadState=loaded\\n\" "
                                "\"${!#}\" ;; esac\\n' > systemctl\n"
                                "printf '#!/bin/sh\\necho its last words\\n' > journalctl\n"
                                "printf '#!/bin/bash\\nexec bash -c \"${!#}\"\\n' > su\n"
                                "chmod +x systemctl journalctl su\n";
