#!/bin/sh
# validate.sh FILE.pdf...
# Says of each file whether it is compliant with PDF/UA-1 and PDF/A-3a, or which
# rules it breaks. PROFILES=ua1 asks for fewer. Exits 1 when a file fails.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if [ $# = 0 ]; then
    echo "usage: $0 FILE.pdf..." >&2
    exit 2
fi
"$here/install.sh"

share=${JAVA_SHARE:-/usr/share/java}
classes=$here/.cache/classes:$here/.cache/verapdf.jar
for name in jaxb-api jaxb-runtime jaxb-core istack-commons-runtime txw2 FastInfoset javax.activation; do
    classes=$classes:$share/$name.jar
done
exec java -cp "$classes" Validate "${PROFILES:-ua1,3a}" "$@"
