#!/bin/sh
# sftp: nothing but the machine's name.
set -e
sftp -b - my_cool_machine <<END
put letter.txt sent.txt
get sent.txt back.txt
END
