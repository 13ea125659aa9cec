#!/bin/sh
# Options, exit codes, and what is left behind when something goes wrong: command-line.sh TENON_AUTOGRAPH FOLDER
set -u
tool=$1
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cp "$2/declarations.h" "$work"
cd "$work"
cat >f.cpp <<'END'
#include "declarations.h"
TENON_FUNCTION tenon::Tensor f(tenon::Tensor x) {
  if (x > 0) return x;
  return -x;
}
END

failures=0
# check CODE TEXT ARGUMENTS...: the exit code, and a line of what is printed
check() {
  code=$1 text=$2
  shift 2
  "$tool" "$@" >output 2>&1
  actual=$?
  if [ $actual -ne "$code" ] || { [ -n "$text" ] && ! grep -qF -- "$text" output; }; then
    echo "tenon-autograph $*: exit code $actual, expected $code with '$text':"
    cat output
    failures=$((failures + 1))
  fi
}

check 0 'tenon-autograph ' --version
check 0 '--depfile' --help
check 2 'FILE is required' -o out.cpp
check 2 '--output is required' f.cpp
check 2 "cannot read 'missing.cpp'" missing.cpp -o out.cpp
check 0 'TENON_RETURN(x);' f.cpp -o - -- -std=c++20
check 3 "cannot write 'no/such/folder/out.cpp'" f.cpp -o no/such/folder/out.cpp -- -std=c++20

# What only one compiler knows, and what does not change how a file is parsed, is left out.
check 0 '' f.cpp -o out.cpp --depfile out.d -- -std=gnu++20 -O2 -g -Wall -Wno-such-warning -fno-gnu-unique -c -o f.o \
  -fconcepts-diagnostics-depth=2 -DNAME='"x"' -isystem .
grep -q '^#line 1 "f.cpp"$' out.cpp || { echo "no #line"; failures=$((failures + 1)); }
grep -q '^out.cpp:.*f.cpp' out.d && grep -q 'declarations.h' out.d || { echo "wrong depfile"; cat out.d; failures=$((failures + 1)); }

printf '%s\n' -std=c++20 -DNAME=x >options
check 0 '' f.cpp -o out.cpp --depfile out.d -- @options
rm options
check 2 "cannot read 'missing.options'" f.cpp -o out.cpp -- @missing.options

# A refusal leaves what was there; nothing is left beside it.
cp out.cpp before.cpp
echo 'int x = ;' >broken.cpp
check 1 'broken.cpp:1:9: error: expected expression' broken.cpp -o out.cpp -- -std=c++20
echo 'int x = 3;' >unmarked.cpp
check 1 "nothing in 'unmarked.cpp' is marked TENON_FUNCTION" unmarked.cpp -o out.cpp -- -std=c++20
cmp out.cpp before.cpp || failures=$((failures + 1))
[ "$(ls)" = "$(printf '%s\n' before.cpp broken.cpp declarations.h f.cpp out.cpp out.d output unmarked.cpp)" ] || {
  echo "left behind:"
  ls
  failures=$((failures + 1))
}

# A function in a header is refused there.
sed 's/f.cpp/f.h/' f.cpp >f.h
echo '#include "f.h"' >includes.cpp
check 1 'f.h:2:30: error: a TENON_FUNCTION in a header cannot be rewritten; declare it there, and define it in the .cpp file that is given to tenon_add_autograph [tenon-autograph]' includes.cpp -o other.cpp -- -std=c++20

# The whole of a message: place, text, the line and where in it.
cat >caret.cpp <<'END'
#include "declarations.h"
TENON_FUNCTION tenon::Tensor f(tenon::Tensor x) {
  do x -= 1; while (x > 0);
  return x;
}
END
check 1 'caret.cpp:3:3: error: `do ... while` on a Tensor' caret.cpp -o other.cpp -- -std=c++20
check 1 '    3 |   do x -= 1; while (x > 0);' caret.cpp -o other.cpp -- -std=c++20
check 1 '      |   ^' caret.cpp -o other.cpp -- -std=c++20

# A C++20 coroutine, and a compiler that was told not to know exceptions.
cat >coroutine.cpp <<'END'
#include "declarations.h"
#include <coroutine>
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
TENON_FUNCTION Task f(tenon::Tensor x) { co_return; }
END
check 1 'coroutine.cpp:12:21: error: a coroutine cannot be traced; make it a plain function' coroutine.cpp -o other.cpp -- -std=c++20
exit $failures
