# The lit suite: test/lit holds IR and tool tests; FileCheck compares.
import os
import lit.formats
from lit.llvm import llvm_config
from lit.llvm.subst import ToolSubst

config.name = "Tenon"
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.suffixes = [".mlir", ".test"]
config.test_source_root = os.path.join(config.tenon_src_root, "test", "lit")
config.test_exec_root = os.path.join(config.tenon_obj_root, "test", "lit")
config.excludes = ["Inputs"]
llvm_config.use_default_substitutions()
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.add_tool_substitutions(
    ["tenon-opt", ToolSubst("tenonc", unresolved="ignore"), ToolSubst("split-file", unresolved="ignore"),
     ToolSubst("llvm-nm", unresolved="ignore"), ToolSubst("mlir-tblgen", unresolved="ignore"), ToolSubst("llvm-objdump", unresolved="ignore")],
    [os.path.join(config.tenon_obj_root, "bin"), config.llvm_tools_dir])

# Sources and includes for tests that look at the project itself.
config.substitutions.append(("%tenon_src", config.tenon_src_root))
config.substitutions.append(("%mlir_include", os.path.join(os.path.dirname(config.llvm_tools_dir), "include")))
# Where mlir-runner finds the libraries that print.
config.substitutions.append(("%mlir_libs", os.path.join(os.path.dirname(config.llvm_tools_dir), "lib")))

# Programs that link a model: the compiler, the runtime's archive and headers; what runs them where this machine cannot.
import shutil
warnings = " -Wall -Wextra -Wpedantic -Werror -I" + os.path.join(config.tenon_src_root, "runtime", "include")
config.substitutions.append(("%cc", config.c_compiler + " -std=c99" + warnings))
config.substitutions.append(("%cxx", config.cxx_compiler + " -std=c++20" + warnings))
config.substitutions.append(("%runtime", os.path.join(config.tenon_obj_root, "lib", "libtenon_runtime.a")))
for program, feature in [("node", "node"), ("qemu-aarch64", "qemu"), ("wasm-ld-22", "lld")]:
    if shutil.which(program):
        config.available_features.add(feature)
