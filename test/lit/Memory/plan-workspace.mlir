// RUN: tenon-opt %s --split-input-file --tenon-plan-workspace | FileCheck %s

// Three temporaries, the first of which is dead when the third is made: two places.
// CHECK-LABEL: func.func private @f.body(
// CHECK-SAME: %[[WORK:[^:]+]]: memref<?xi8>)
// CHECK-SAME: tenon.live_bytes = 8192 : i64
// CHECK-SAME: workspace = 8192 : i64
// CHECK-NOT: memref.alloc
// CHECK-COUNT-3: memref.view %[[WORK]]
func.func private @f.body(%frame: !llvm.ptr, %x: memref<32x32xf32>, %out: memref<32x32xf32>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [32, 32], dtype = "f32", name = "x"}], name = "f",
     outputs = [{dims = [32, 32], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %a = memref.alloc() : memref<32x32xf32>
  linalg.exp ins(%x : memref<32x32xf32>) outs(%a : memref<32x32xf32>)
  %b = memref.alloc() : memref<32x32xf32>
  linalg.exp ins(%a : memref<32x32xf32>) outs(%b : memref<32x32xf32>)
  %c = memref.alloc() : memref<32x32xf32>
  linalg.exp ins(%b : memref<32x32xf32>) outs(%c : memref<32x32xf32>)
  linalg.exp ins(%c : memref<32x32xf32>) outs(%out : memref<32x32xf32>)
  return
}

// -----

// Open sizes: offsets are computed at entry, and a function tells the caller how much it takes. What lies below another
// one of the same time is below what lies on that.
// CHECK-LABEL: func.func private @g.workspace(
// CHECK-SAME: %[[N:.+]]: index) -> index
// CHECK: arith.muli %[[N]]
// CHECK-LABEL: func.func private @g.body(
// CHECK-SAME: %[[WORK:[^:]+]]: memref<?xi8>)
// CHECK-NOT: arith.maxsi
// CHECK: %[[BYTES:.+]] = arith.andi
// CHECK-NOT: arith.maxsi
// CHECK: memref.view %[[WORK]][%{{.+}}][%{{.+}}]
// CHECK: memref.view %[[WORK]][%[[BYTES]]][%{{.+}}]
func.func private @g.body(%frame: !llvm.ptr, %x: memref<?xf32>, %out: memref<?xf32>) attributes {tenon.signature =
    {dims = ["n"], inputs = [{dims = ["n"], dtype = "f32", name = "x"}], name = "g",
     outputs = [{dims = ["n"], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  linalg.exp ins(%x : memref<?xf32>) outs(%a : memref<?xf32>)
  %b = memref.alloc(%n) : memref<?xf32>
  linalg.exp ins(%a : memref<?xf32>) outs(%b : memref<?xf32>)
  linalg.exp ins(%b : memref<?xf32>) outs(%out : memref<?xf32>)
  return
}

// -----

// Two that live one after the other, and one beside both: it begins where the longer of them ends.
// CHECK-LABEL: func.func private @beside.body(
// CHECK-SAME: %[[WORK:[^:]+]]: memref<?xi8>)
// CHECK-DAG: %[[A:.+]] = arith.andi
// CHECK-DAG: %[[B:.+]] = arith.andi
// CHECK: %[[END:.+]] = arith.maxsi %[[A]], %[[B]]
// CHECK-NOT: arith.maxsi
// CHECK: memref.view %[[WORK]][%[[END]]]
func.func private @beside.body(%frame: !llvm.ptr, %x: memref<?xf32>, %y: memref<?xf32>, %out: memref<?xf32>) attributes {tenon.signature =
    {dims = ["n", "m"], inputs = [{dims = ["n"], dtype = "f32", name = "x"}, {dims = ["m"], dtype = "f32", name = "y"}], name = "beside",
     outputs = [{dims = ["n"], dtype = "f32", name = "z"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %m = memref.dim %y, %c0 : memref<?xf32>
  %one = arith.constant 1.0 : f32
  %c = memref.alloc() : memref<1xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  linalg.exp ins(%x : memref<?xf32>) outs(%a : memref<?xf32>)
  linalg.fill ins(%one : f32) outs(%c : memref<1xf32>)
  linalg.exp ins(%a : memref<?xf32>) outs(%out : memref<?xf32>)
  %b = memref.alloc(%m) : memref<?xf32>
  linalg.exp ins(%y : memref<?xf32>) outs(%b : memref<?xf32>)
  linalg.exp ins(%b : memref<?xf32>) outs(%y : memref<?xf32>)
  linalg.copy ins(%c : memref<1xf32>) outs(%c : memref<1xf32>)
  return
}

// -----

// A boolean is written and read as bytes: through the cast it lives as long, so that the two do not share memory.
// CHECK-LABEL: func.func private @casts.body(
// CHECK-SAME: %[[WORK:[^:]+]]: memref<?xi8>)
// CHECK-SAME: workspace = 128 : i64
// CHECK-NOT: memref.alloc
func.func private @casts.body(%frame: !llvm.ptr, %x: memref<16xf32>, %out: memref<16xf32>, %bits: memref<5xi8>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [16], dtype = "f32", name = "x"}], name = "casts",
     outputs = [{dims = [16], dtype = "f32", name = "y"}, {dims = [5], dtype = "i1", name = "z"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %one = arith.constant dense<1> : vector<5xi8>
  %a = memref.alloc() : memref<5xi1>
  %a8 = builtin.unrealized_conversion_cast %a : memref<5xi1> to memref<5xi8>
  vector.store %one, %a8[%c0] : memref<5xi8>, vector<5xi8>
  %b = memref.alloc() : memref<16xf32>
  linalg.exp ins(%x : memref<16xf32>) outs(%b : memref<16xf32>)
  linalg.exp ins(%b : memref<16xf32>) outs(%out : memref<16xf32>)
  %read = vector.load %a8[%c0] : memref<5xi8>, vector<5xi8>
  vector.store %read, %bits[%c0] : memref<5xi8>, vector<5xi8>
  return
}

// -----

// A temporary may have the size of an output: the caller's dims say it as well.
// CHECK-LABEL: func.func private @outputs.workspace(
// CHECK-SAME: %[[N:.+]]: index) -> index
// CHECK: arith.muli %[[N]]
func.func private @outputs.body(%frame: !llvm.ptr, %x: memref<?xf32>, %out: memref<?xf32>) attributes {tenon.signature =
    {dims = ["n"], inputs = [{dims = ["n"], dtype = "f32", name = "x"}], name = "outputs",
     outputs = [{dims = ["n"], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %out, %c0 : memref<?xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  linalg.exp ins(%x : memref<?xf32>) outs(%a : memref<?xf32>)
  linalg.exp ins(%a : memref<?xf32>) outs(%out : memref<?xf32>)
  return
}

// -----

// A size that only a loop knows has a bound: a slice is not larger than what it is cut from, a minimum not than either side.
// CHECK-LABEL: func.func private @bounds.workspace(
// CHECK-SAME: %[[N:[^:]+]]: index, %{{.+}}: index) -> index
// CHECK-DAG: arith.muli %[[N]]
// CHECK-LABEL: func.func private @bounds.body(
// CHECK-SAME: %[[WORK:[^:]+]]: memref<?xi8>)
// CHECK: scf.for
// CHECK: memref.subview %{{.+}}[%{{.+}}] [%[[SIZE:.+]]] [1]
// CHECK: memref.view %[[WORK]][%{{.+}}][%[[SIZE]]]
// CHECK: %[[LESS:.+]] = arith.minsi
// CHECK: memref.view %[[WORK]][%{{.+}}][%[[LESS]]]
func.func private @bounds.body(%frame: !llvm.ptr, %x: memref<?xf32>, %k: memref<?xindex>, %out: memref<?xf32>) attributes {tenon.signature =
    {dims = ["n", "m"], inputs = [{dims = ["n"], dtype = "f32", name = "x"}, {dims = ["m"], dtype = "i64", name = "k"}], name = "bounds",
     outputs = [{dims = ["n"], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %m = memref.dim %k, %c0 : memref<?xindex>
  scf.for %i = %c0 to %m step %c1 {
    %size = memref.load %k[%i] : memref<?xindex>
    %slice = memref.subview %x[%i] [%size] [1] : memref<?xf32> to memref<?xf32, strided<[1], offset: ?>>
    %a = memref.alloc(%size) : memref<?xf32>
    linalg.exp ins(%slice : memref<?xf32, strided<[1], offset: ?>>) outs(%a : memref<?xf32>)
    %j = memref.load %k[%c0] : memref<?xindex>
    %less = arith.minsi %j, %n : index
    %b = memref.alloc(%less) : memref<?xf32>
    linalg.exp ins(%b : memref<?xf32>) outs(%b : memref<?xf32>)
  }
  return
}

// -----

// A temporary that is made in a branch and read by a loop after it lives as long as that loop: three places.
// CHECK-LABEL: func.func private @escapes.body(
// CHECK-SAME: workspace = 192 : i64
func.func private @escapes.body(%frame: !llvm.ptr, %c: memref<i1>, %x: memref<16xf32>, %out: memref<16xf32>) attributes {tenon.signature =
    {dims = [], inputs = [{dims = [], dtype = "i1", name = "c"}, {dims = [16], dtype = "f32", name = "x"}], name = "escapes",
     outputs = [{dims = [16], dtype = "f32", name = "y"}], variables = [], workspace = 0 : i64}} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %which = memref.load %c[] : memref<i1>
  %either = scf.if %which -> memref<16xf32> {
    %a = memref.alloc() : memref<16xf32>
    linalg.exp ins(%x : memref<16xf32>) outs(%a : memref<16xf32>)
    scf.yield %a : memref<16xf32>
  } else {
    %b = memref.alloc() : memref<16xf32>
    linalg.tanh ins(%x : memref<16xf32>) outs(%b : memref<16xf32>)
    scf.yield %b : memref<16xf32>
  }
  scf.for %i = %c0 to %c9 step %c1 {
    linalg.add ins(%out, %either : memref<16xf32>, memref<16xf32>) outs(%out : memref<16xf32>)
    %d = memref.alloc() : memref<16xf32>
    linalg.exp ins(%x : memref<16xf32>) outs(%d : memref<16xf32>)
    linalg.add ins(%out, %d : memref<16xf32>, memref<16xf32>) outs(%out : memref<16xf32>)
  }
  return
}
