#!/bin/sh
# Compares what the tool writes with a file: golden.sh TENON_AUTOGRAPH FOLDER NAME
# The same with a byte order mark and with Windows line ends: those stay, and nothing else changes.
set -eu
tool=$1 folder=$2 name=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$folder/declarations.h" "$work"
cp "$folder/$name.cpp" "$work"
cd "$work"
"$tool" "$name.cpp" -o out.cpp -- -std=c++20
diff -u "$folder/$name.expected" out.cpp

sed 's/$/\r/' "$folder/$name.cpp" >"$name.cpp"
"$tool" "$name.cpp" -o crlf.cpp -- -std=c++20
sed '2,$s/$/\r/' "$folder/$name.expected" >expected
cmp expected crlf.cpp

{ printf '\357\273\277'; cat "$folder/$name.cpp"; } >"$name.cpp"
"$tool" "$name.cpp" -o bom.cpp -- -std=c++20
cmp "$folder/$name.expected" bom.cpp
