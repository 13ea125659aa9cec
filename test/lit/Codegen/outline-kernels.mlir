// RUN: tenon-opt %s --split-input-file --tenon-outline-kernels="min-shared=4 min-single=4" | FileCheck %s
// RUN: tenon-opt %s --split-input-file --tenon-outline-kernels="min-shared=4 min-single=100" | FileCheck %s --check-prefix=SHARED

// Two layers that are the same but for what they read and write, and a third of another size: the first two are one
// function, whose buffers share no memory; what it reads is the input in one call and a piece of the workspace in the
// other, so that it knows less of the address.
// CHECK-LABEL: func.func private @f.body(
// CHECK-SAME: %[[X:[^:]+]]: memref<64xf32>, %[[Y:[^:]+]]: memref<64xf32>, %[[WORK:[^:]+]]: memref<?xi8>)
// CHECK: %[[A:.+]] = memref.view %[[WORK]]
// CHECK: %[[B:.+]] = memref.view %[[WORK]]
// CHECK: call @f.kernel_1(%[[X]], %[[A]]) : (memref<64xf32>, memref<64xf32>) -> ()
// CHECK: call @f.kernel_1(%[[A]], %[[B]])
// CHECK: call @f.kernel_2(%[[B]], %[[Y]])
// CHECK: func.func private @f.kernel_1(
// CHECK-SAME: %[[IN:[^:]+]]: memref<64xf32> {llvm.align = 4 : i64, llvm.dereferenceable = 256 : i64, llvm.noalias, llvm.readonly},
// CHECK-SAME: %[[OUT:[^:]+]]: memref<64xf32> {llvm.align = 64 : i64, llvm.dereferenceable = 256 : i64, llvm.noalias}) attributes {llvm.bareptr}
// CHECK: %[[END:.+]] = arith.constant 64 : index
// CHECK: scf.for %{{.+}} = %{{.+}} to %[[END]]
// CHECK: vector.load %[[IN]]
// CHECK: vector.store %{{.+}}, %[[OUT]]
// CHECK: func.func private @f.kernel_2(
// CHECK: scf.for
// SHARED: call @f.kernel_1
// SHARED: call @f.kernel_1
// SHARED-NOT: call
// SHARED: return
func.func private @f.body(%frame: !llvm.ptr, %x: memref<64xf32>, %y: memref<64xf32>, %work: memref<?xi8>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [64], dtype = "f32", name = "x"}], name = "f",
     outputs = [{dims = [64], dtype = "f32", name = "y"}], variables = [], workspace = 512 : i64}} {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c64 = arith.constant 64 : index
  %c256 = arith.constant 256 : index
  %a = memref.view %work[%c0][] : memref<?xi8> to memref<64xf32>
  %b = memref.view %work[%c256][] : memref<?xi8> to memref<64xf32>
  scf.for %i = %c0 to %c64 step %c16 {
    %0 = vector.load %x[%i] : memref<64xf32>, vector<16xf32>
    %1 = arith.mulf %0, %0 : vector<16xf32>
    vector.store %1, %a[%i] : memref<64xf32>, vector<16xf32>
  }
  scf.for %i = %c0 to %c64 step %c16 {
    %0 = vector.load %a[%i] : memref<64xf32>, vector<16xf32>
    %1 = arith.mulf %0, %0 : vector<16xf32>
    vector.store %1, %b[%i] : memref<64xf32>, vector<16xf32>
  }
  scf.for %i = %c0 to %c32 step %c16 {
    %0 = vector.load %b[%i] : memref<64xf32>, vector<16xf32>
    %1 = arith.mulf %0, %0 : vector<16xf32>
    vector.store %1, %y[%i] : memref<64xf32>, vector<16xf32>
  }
  return
}

// -----

// Pieces that share memory, which one loop may not use at once but two of a kernel may: the pointers promise nothing.
// The two loops are one kernel because a value goes from one to the other in a register.
// CHECK-LABEL: func.func private @shared.body(
// CHECK: call @shared.kernel_1(
// CHECK: func.func private @shared.kernel_1(
// CHECK-SAME: memref<32xf32> {llvm.align = 64 : i64, llvm.dereferenceable = 128 : i64, llvm.readonly},
// CHECK-SAME: memref<16xf32> {llvm.align = 64 : i64, llvm.dereferenceable = 64 : i64},
// CHECK-SAME: memref<16xf32> {llvm.align = 4 : i64, llvm.dereferenceable = 64 : i64, llvm.noalias})
// CHECK: %[[SUM:.+]] = scf.for
// CHECK: scf.for
func.func private @shared.body(%frame: !llvm.ptr, %x: memref<64xf32>, %y: memref<16xf32>, %work: memref<?xi8>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [64], dtype = "f32", name = "x"}], name = "shared",
     outputs = [{dims = [16], dtype = "f32", name = "y"}], variables = [], workspace = 512 : i64}} {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c32 = arith.constant 32 : index
  %c64 = arith.constant 64 : index
  %zero = arith.constant dense<0.0> : vector<16xf32>
  %a = memref.view %work[%c0][] : memref<?xi8> to memref<32xf32>
  %b = memref.view %work[%c64][] : memref<?xi8> to memref<16xf32>
  %sum = scf.for %i = %c0 to %c32 step %c16 iter_args(%s = %zero) -> vector<16xf32> {
    %0 = vector.load %a[%i] : memref<32xf32>, vector<16xf32>
    %1 = arith.addf %s, %0 : vector<16xf32>
    scf.yield %1 : vector<16xf32>
  }
  scf.for %i = %c0 to %c16 step %c16 {
    vector.store %sum, %b[%i] : memref<16xf32>, vector<16xf32>
    vector.store %sum, %y[%i] : memref<16xf32>, vector<16xf32>
  }
  scf.for %i = %c0 to %c16 step %c16 {
    %0 = vector.load %b[%i] : memref<16xf32>, vector<16xf32>
    vector.store %0, %y[%i] : memref<16xf32>, vector<16xf32>
  }
  return
}

// -----

// An open size is passed once, although two buffers and the loop have it: named dimensions are equal. Of the buffers only
// the pointers are passed; where they are views of other types they become these inside.
// CHECK-LABEL: func.func private @open.body(
// CHECK-SAME: %[[X:[^:]+]]: memref<?x4xf32>, %[[Y:[^:]+]]: memref<?x4xf32>
// CHECK: %[[N:.+]] = memref.dim %[[X]]
// CHECK-DAG: %[[XBASE:.+]] = memref.reinterpret_cast %[[X]] to offset: [0], sizes: [], strides: [] : memref<?x4xf32> to memref<f32>
// CHECK-DAG: %[[YBASE:.+]] = memref.reinterpret_cast %[[Y]]
// CHECK: call @open.kernel_1(%[[N]], %[[XBASE]], %[[YBASE]]) : (index, memref<f32>, memref<f32>) -> ()
// CHECK: func.func private @open.kernel_1(%[[ROWS:.+]]: index, %[[XP:.+]]: memref<f32> {{.+}}, %[[YP:.+]]: memref<f32> {{.+}})
// CHECK-DAG: memref.reinterpret_cast %[[XP]] to offset: [0], sizes: [%[[ROWS]], 4], strides: [4, 1] : memref<f32> to memref<?x4xf32>
// CHECK-DAG: memref.reinterpret_cast %[[YP]] to offset: [0], sizes: [%[[ROWS]], 4], strides: [4, 1]
// CHECK: scf.for %{{.+}} to %[[ROWS]]
func.func private @open.body(%frame: !llvm.ptr, %x: memref<?x4xf32>, %y: memref<?x4xf32>, %work: memref<?xi8>) attributes {tenon.signature =
    {dims = ["n"], inputs = [{dims = ["n", 4], dtype = "f32", name = "x"}], name = "open",
     outputs = [{dims = ["n", 4], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %y, %c0 : memref<?x4xf32>
  scf.for %i = %c0 to %n step %c1 {
    %0 = vector.load %x[%i, %c0] : memref<?x4xf32>, vector<4xf32>
    %1 = arith.mulf %0, %0 : vector<4xf32>
    vector.store %1, %y[%i, %c0] : memref<?x4xf32>, vector<4xf32>
  }
  scf.for %i = %c0 to %n step %c1 {
    %0 = vector.load %y[%i, %c0] : memref<?x4xf32>, vector<4xf32>
    %1 = arith.addf %0, %0 : vector<4xf32>
    vector.store %1, %y[%i, %c0] : memref<?x4xf32>, vector<4xf32>
  }
  return
}

// -----

// A loop of the program looks at the cancel flag and stays; the nests in its body are one function. What it carries is
// passed as a scalar, and a row at an index is a view that the kernel makes.
// CHECK-LABEL: func.func private @loop.body(
// CHECK: scf.for %[[I:.+]] =
// CHECK-NEXT: llvm.call @tenon_runtime_cancelled
// CHECK: call @loop.kernel_1(%{{.+}}, %[[I]], %{{.+}})
// CHECK: call @loop.kernel_1(%{{.+}}, %[[I]], %{{.+}})
// CHECK: func.func private @loop.kernel_1(%[[FROM:.+]]: memref<8x16xf32> {{.+}}, %[[ROW:.+]]: index, %
// CHECK: memref.subview %[[FROM]][%[[ROW]], 0] [1, 16] [1, 1]
// CHECK: scf.for
llvm.func @tenon_runtime_cancelled(!llvm.ptr) -> i32
func.func private @loop.body(%frame: !llvm.ptr, %x: memref<8x16xf32>, %y: memref<8x16xf32>, %z: memref<8x16xf32>, %work: memref<?xi8>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [8, 16], dtype = "f32", name = "x"}], name = "loop",
     outputs = [{dims = [8, 16], dtype = "f32", name = "y"}, {dims = [8, 16], dtype = "f32", name = "z"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %c16 = arith.constant 16 : index
  scf.for %i = %c0 to %c8 step %c1 {
    %cancelled = llvm.call @tenon_runtime_cancelled(%frame) : (!llvm.ptr) -> i32
    %from = memref.subview %x[%i, 0] [1, 16] [1, 1] : memref<8x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    %to = memref.subview %y[%i, 0] [1, 16] [1, 1] : memref<8x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    scf.for %j = %c0 to %c16 step %c4 {
      %0 = vector.load %from[%j] : memref<16xf32, strided<[1], offset: ?>>, vector<4xf32>
      %1 = arith.mulf %0, %0 : vector<4xf32>
      vector.store %1, %to[%j] : memref<16xf32, strided<[1], offset: ?>>, vector<4xf32>
    }
    %last = memref.subview %z[%i, 0] [1, 16] [1, 1] : memref<8x16xf32> to memref<16xf32, strided<[1], offset: ?>>
    scf.for %j = %c0 to %c16 step %c4 {
      %0 = vector.load %to[%j] : memref<16xf32, strided<[1], offset: ?>>, vector<4xf32>
      %1 = arith.mulf %0, %0 : vector<4xf32>
      vector.store %1, %last[%j] : memref<16xf32, strided<[1], offset: ?>>, vector<4xf32>
    }
  }
  return
}

// -----

// Two entry points share a kernel, and it is called what the op of the program is called.
// CHECK-LABEL: func.func private @step.body(
// CHECK: call @step.relu_1(
// CHECK-LABEL: func.func private @predict.body(
// CHECK: call @step.relu_1(
// CHECK-COUNT-1: func.func private @step.relu_1(
// CHECK-NOT: func.func
func.func private @step.body(%frame: !llvm.ptr, %x: memref<64xf32>, %y: memref<64xf32>, %work: memref<?xi8>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [64], dtype = "f32", name = "x"}], name = "step",
     outputs = [{dims = [64], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c64 = arith.constant 64 : index
  scf.for %i = %c0 to %c64 step %c16 {
    %0 = vector.load %x[%i] : memref<64xf32>, vector<16xf32>
    %1 = arith.mulf %0, %0 : vector<16xf32>
    vector.store %1, %y[%i] : memref<64xf32>, vector<16xf32>
  } loc("tenon.relu"("model.cpp":31:1))
  return
}
func.func private @predict.body(%frame: !llvm.ptr, %x: memref<64xf32>, %y: memref<64xf32>, %work: memref<?xi8>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [64], dtype = "f32", name = "x"}], name = "predict",
     outputs = [{dims = [64], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c64 = arith.constant 64 : index
  scf.for %i = %c0 to %c64 step %c16 {
    %0 = vector.load %x[%i] : memref<64xf32>, vector<16xf32>
    %1 = arith.mulf %0, %0 : vector<16xf32>
    vector.store %1, %y[%i] : memref<64xf32>, vector<16xf32>
  }
  return
}

// -----

// A loop on scalars gives its result back, and what is made of it before the next op that cannot belong to it.
// CHECK-LABEL: func.func private @scalar.body(
// CHECK: %[[SUM:.+]]:2 = call @scalar.kernel_1(%{{.+}}) : (memref<64xf32>) -> (f32, i1)
// CHECK: tenon.raise %[[SUM]]#1
// CHECK: memref.store %[[SUM]]#0
func.func private @scalar.body(%frame: !llvm.ptr, %x: memref<64xf32>, %y: memref<f32>, %work: memref<?xi8>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [64], dtype = "f32", name = "x"}], name = "scalar",
     outputs = [{dims = [], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %zero = arith.constant 0.0 : f32
  %sum = scf.for %i = %c0 to %c64 step %c1 iter_args(%s = %zero) -> f32 {
    %0 = memref.load %x[%i] : memref<64xf32>
    %1 = arith.addf %s, %0 : f32
    scf.yield %1 : f32
  }
  %ok = arith.cmpf oeq, %sum, %sum : f32
  tenon.raise %ok, assertion_failed, "not a number"
  memref.store %sum, %y[] : memref<f32>
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %x[%i] : memref<64xf32>
    %1 = arith.addf %0, %0 : f32
    memref.store %1, %y[] : memref<f32>
  }
  return
}

// -----

// The only kernel of a program stays where it is, and what raises or keeps a vector for later too.
// CHECK-LABEL: func.func private @negative_raises.body(
// CHECK-NOT: call
// CHECK: return
func.func private @negative_raises.body(%frame: !llvm.ptr, %x: memref<64xf32>, %y: memref<64xf32>, %work: memref<?xi8>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [64], dtype = "f32", name = "x"}], name = "negative_raises",
     outputs = [{dims = [64], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c16 = arith.constant 16 : index
  %c64 = arith.constant 64 : index
  %zero = arith.constant dense<0.0> : vector<16xf32>
  %sum = scf.for %i = %c0 to %c64 step %c16 iter_args(%s = %zero) -> vector<16xf32> {
    %0 = vector.load %x[%i] : memref<64xf32>, vector<16xf32>
    %1 = arith.addf %s, %0 : vector<16xf32>
    %2 = arith.mulf %1, %1 : vector<16xf32>
    scf.yield %2 : vector<16xf32>
  }
  scf.for %i = %c0 to %c64 step %c16 {
    %ok = arith.cmpi ult, %i, %c64 : index
    tenon.raise %ok, assertion_failed, "out of range"
    vector.store %sum, %y[%i] : memref<64xf32>, vector<16xf32>
  }
  return
}
