#!/bin/sh
# python.sh FIRST LAST: prints where the first Python is whose version is 3.FIRST
# to 3.LAST and that can make environments: in the PATH, or in pyenv, wherever
# that is. Fails where there is none.
for python in python3 "python3.$1" python3.12 python3.13 python3.14 \
	"${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python "$(pyenv root 2>/dev/null)"/versions/3.*/bin/python; do
	"$python" - "$1" "$2" 2>/dev/null <<'END' && exit
import ensurepip, os, sys
if not int(sys.argv[1]) <= sys.version_info[1] <= int(sys.argv[2]):
    sys.exit(1)
print(os.path.realpath(sys.executable))
END
done
exit 1
