# MLIR and LLVM, TableGen, and tenon_add_compiler_library(): how a room of the compiler is built.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS /usr/lib/llvm-22/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
set(LLVM_RUNTIME_OUTPUT_INTDIR "${PROJECT_BINARY_DIR}/bin")
set(LLVM_LIBRARY_OUTPUT_INTDIR "${PROJECT_BINARY_DIR}/lib")
set(MLIR_BINARY_DIR "${PROJECT_BINARY_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)
# HandleLLVMOptions is left out: it would impose LLVM's own flags on the runtime and the frontend.
separate_arguments(TENON_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")

# TableGen looks for includes in the directory property, not in a target.
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})

# What everything that includes an MLIR header needs. Public headers of the frontend never see it.
add_library(tenon_mlir INTERFACE)
target_include_directories(tenon_mlir SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
target_include_directories(tenon_mlir INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}")
target_compile_definitions(tenon_mlir INTERFACE ${TENON_LLVM_DEFINITIONS})

# Never both: static LLVM together with libMLIR.so links, then crashes.
if(TENON_SHARED_MLIR)
  target_link_libraries(tenon_mlir INTERFACE MLIR LLVM)
else()
  get_property(mlir_dialect_libs GLOBAL PROPERTY MLIR_DIALECT_LIBS)
  get_property(mlir_conversion_libs GLOBAL PROPERTY MLIR_CONVERSION_LIBS)
  get_property(mlir_extension_libs GLOBAL PROPERTY MLIR_EXTENSION_LIBS)
  llvm_map_components_to_libnames(tenon_llvm_libs X86 AArch64 ARM RISCV WebAssembly OrcJIT Passes)
  target_link_libraries(tenon_mlir INTERFACE ${mlir_dialect_libs} ${mlir_conversion_libs} ${mlir_extension_libs}
    MLIROptLib MLIRBuiltinToLLVMIRTranslation MLIRLLVMToLLVMIRTranslation MLIRTargetLLVMIRExport ${tenon_llvm_libs})
endif()

# tenon_add_compiler_library(name SOURCES a.cpp ... DEPENDS tablegen targets ... LINK libraries ...)
function(tenon_add_compiler_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC tenon_mlir ${arg_LINK})
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
  if(TENON_PCH)
    target_precompile_headers(${name} REUSE_FROM TenonPrecompiledHeader)
  endif()
endfunction()

if(TENON_PCH)
  file(WRITE "${PROJECT_BINARY_DIR}/precompiled.cpp" "// Holds the precompiled header that the compiler's libraries share.\n")
  add_library(TenonPrecompiledHeader STATIC "${PROJECT_BINARY_DIR}/precompiled.cpp")
  target_link_libraries(TenonPrecompiledHeader PUBLIC tenon_mlir)
  target_precompile_headers(TenonPrecompiledHeader PRIVATE
    <mlir/IR/BuiltinOps.h> <mlir/IR/Dialect.h> <mlir/IR/OpImplementation.h> <mlir/IR/PatternMatch.h> <mlir/Pass/Pass.h>
    <mlir/Transforms/DialectConversion.h> <mlir/Bytecode/BytecodeOpInterface.h> <mlir/Interfaces/InferTypeOpInterface.h>
    <mlir/Interfaces/SideEffectInterfaces.h> <mlir/Interfaces/ControlFlowInterfaces.h> <mlir/Dialect/Linalg/IR/Linalg.h>
    <mlir/Dialect/SCF/IR/SCF.h> <mlir/Dialect/Bufferization/IR/Bufferization.h> <mlir/Dialect/Func/IR/FuncOps.h>
    <mlir/Dialect/Vector/IR/VectorOps.h> <mlir/Dialect/Math/IR/Math.h>)
endif()
