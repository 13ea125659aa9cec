// Where all sizes are known the report tells the workspace's lower bound: two of three temporaries are live at once.
// RUN: tenonc %s -o %t.o --target=x86-64 --report 2>&1 | FileCheck %s

// CHECK: function f: workspace 2048 bytes (2048 live at once)
// CHECK-NEXT: temporaries: 3 of 3072 bytes together
module @live {
  func.func @f(%x: tensor<16x16xf32> {tenon.name = "x"}) -> (tensor<16x16xf32> {tenon.name = "y"}) {
    %0 = tenon.matmul %x, %x : tensor<16x16xf32>, tensor<16x16xf32>
    %1 = tenon.matmul %0, %x : tensor<16x16xf32>, tensor<16x16xf32>
    %2 = tenon.matmul %1, %x : tensor<16x16xf32>, tensor<16x16xf32>
    %3 = tenon.matmul %2, %x : tensor<16x16xf32>, tensor<16x16xf32>
    return %3 : tensor<16x16xf32>
  }
}
