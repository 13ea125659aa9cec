"""What is timed: Tenon's runner and each peer in a process of its own, which times on request and sleeps otherwise."""
import json, os, re, resource, select, signal, subprocess, time


class Failed(Exception):
    """A system that cannot run a case: that is a result too."""


def cores(threads):
    """The first of those that this process may run on."""
    return sorted(os.sched_getaffinity(0))[:threads]


def on_cores(threads):
    """A preexec_fn: pinned, and before other work of the machine where we may."""
    def prepare():
        os.sched_setaffinity(0, cores(threads))
        try:
            os.setpriority(os.PRIO_PROCESS, 0, -20)
        except PermissionError:
            pass
    return prepare


def schedule(process, policy, priority):
    """For all threads of a process."""
    for thread in os.listdir(f"/proc/{process.pid}/task"):
        try:
            os.sched_setscheduler(int(thread), policy, os.sched_param(priority))
        except (PermissionError, ProcessLookupError):
            pass


def environment():
    """Without settings that would choose another kernel in the peers' libraries."""
    return {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}


class System:
    """A process that answers each line with one of JSON. Between its turns it is stopped, so that no pool of threads
    that spins takes from others. `realtime`: while it times, nothing else runs on its cores, where we may have that."""

    def __init__(self, name, command, threads, realtime):
        self.name, self.command, self.threads, self.realtime, self.process = name, command, threads, realtime, None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env=environment(), preexec_fn=on_cores(self.threads))

    def ask(self, line, timeout=300):
        if self.process is None:
            self.start()
        process = self.process
        if self.realtime:
            schedule(process, *((os.SCHED_OTHER, 0) if line.startswith("load") else (os.SCHED_RR, 2)))
        try:
            process.send_signal(signal.SIGCONT)
            process.stdin.write(line.encode() + b"\n")
            process.stdin.flush()
            answer, end = b"", time.monotonic() + timeout
            while not answer.endswith(b"\n"):
                if not select.select([process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                    raise Failed(f"no answer in {timeout} s")
                piece = os.read(process.stdout.fileno(), 1 << 16)
                if not piece:
                    raise Failed(f"ended with {process.wait()}")
                answer += piece
        except (Failed, BrokenPipeError) as error:
            self.stop()
            raise Failed(str(error))
        process.send_signal(signal.SIGSTOP)
        row = json.loads(answer)
        if "error" in row:
            raise Failed(row["error"])
        return row

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                try:
                    pipe.close()
                except BrokenPipeError:  # what it has not read
                    pass
            self.process = None


class Peer(System):
    def __init__(self, name, python, script, numbers, threads, realtime):
        super().__init__(name, [python, script, "--serve", name, "--threads", str(threads)], threads, realtime)
        self.numbers = numbers

    def load(self, case):
        return self.ask(f"load {case} {self.numbers}/{case}")


class Tenon(System):
    """Cases that bench_trace wrote, compiled here and called by bench_run."""

    def __init__(self, build, models, numbers, threads, realtime):
        super().__init__("tenon", [f"{build}/bin/bench_run", "--threads", str(threads), "--serve"], threads, realtime)
        self.build, self.models, self.numbers = build, models, numbers

    def compile(self, case, *options):
        command = [f"{self.build}/bin/tenonc", f"{self.models}/{case}.mlir", "--target=host", *options]
        result = subprocess.run(command, capture_output=True, text=True, preexec_fn=on_cores(1))
        if result.returncode:
            raise Failed(result.stderr.strip().splitlines()[0][:200])
        return result.stderr

    def load(self, case):
        # Seconds of the processor: a machine that is not quiet makes others of the clock's.
        spent = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        start = spent()
        self.compile(case, "-o", f"{self.models}/{case}.o")
        row = {"prepare_s": round(spent() - start, 3)}
        report = self.compile(case, "--report", "-o", f"{self.models}/{case}.o")
        for key, pattern in (("text_bytes", r"^object: (\d+) bytes of code"),
                             ("constant_bytes", r"^object: .* (\d+) of constants$"),
                             ("live_bytes", r"\((\d+) live at once")):
            if found := re.search(pattern, report, re.MULTILINE):
                row[key] = int(found[1])
        library = f"{self.models}/{case}.so"
        self.compile(case, "--emit=shared", "--runtime", f"{self.build}/lib/libtenon_runtime.a", "-o", library)
        return row | self.ask(f"load {library} {self.numbers}/{case}")
