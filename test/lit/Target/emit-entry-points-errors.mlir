// RUN: tenon-opt %s --split-input-file --verify-diagnostics --tenon-emit-entry-points

// The model's name starts every symbol.
// expected-error@+1 {{the model's name is the prefix of its C symbols, so it must be a C identifier (`module @digits`), but it is 'a-b'}}
module @"a-b" {
  llvm.func @f.body(%frame: !llvm.ptr) attributes {tenon.signature = {name = "f", dims = [], inputs = [], variables = [], outputs = [], workspace = 0 : i64}}
}

// -----

// Two functions may not come out as one symbol.
// expected-error@+1 {{the symbol 'm_describe' would be both the model's description and the function 'describe'; rename one of them}}
module @m {
  llvm.func @describe.body(%frame: !llvm.ptr) attributes {tenon.signature = {name = "describe", dims = [], inputs = [], variables = [], outputs = [], workspace = 0 : i64}}
}

// -----

// The body has the arguments that its signature says.
module @m {
  // expected-error@+1 {{expected 9 arguments, which the signature's buffers take as memref descriptors, but got 1}}
  llvm.func @f.body(%frame: !llvm.ptr) attributes {tenon.signature = {name = "f", dims = [], inputs = [{name = "x", dtype = "f32", dims = []}], variables = [], outputs = [], workspace = 0 : i64}}
}

// -----

// A signature names dimensions that it lists.
module @m {
  // expected-error@+1 {{tenon.signature: "x" has dimension "n", which `dims` does not list}}
  llvm.func @f.body(%frame: !llvm.ptr) attributes {tenon.signature = {name = "f", dims = [], inputs = [{name = "x", dtype = "f32", dims = ["n"]}], variables = [], outputs = [], workspace = 0 : i64}}
}

// -----

module @m {
  // expected-error@+1 {{function 'f' uses variable 'w', which the module does not define}}
  llvm.func @f.body(%frame: !llvm.ptr) attributes {tenon.signature = {name = "f", dims = [], inputs = [], variables = [{name = "w", dtype = "f32", dims = []}], outputs = [], workspace = 0 : i64}}
}
