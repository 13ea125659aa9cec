// RUN: tenon-opt %s --tenon-emit-sweeps --split-input-file | FileCheck %s

// A long row goes round 64 lanes, here four vectors of 16, that start at the sum's identity; then the lanes fold as a tree.
// CHECK-LABEL: func @sum_of_rows
// CHECK: %[[ID:.+]] = arith.constant dense<-0.000000e+00> : vector<16xf32>
// CHECK: scf.for %[[I:.+]] =
// CHECK: %[[ACC:.+]]:4 = scf.for %[[J:.+]] = %c0 to %c6400 step %c64 iter_args(%{{.+}} = %[[ID]], %{{.+}} = %[[ID]], %{{.+}} = %[[ID]], %{{.+}} = %[[ID]])
// CHECK-COUNT-4: arith.addf %{{.+}} : vector<16xf32>
// CHECK: scf.yield
// CHECK: %[[LOW:.+]] = arith.addf %[[ACC]]#0, %[[ACC]]#2 : vector<16xf32>
// CHECK: %[[HIGH:.+]] = arith.addf %[[ACC]]#1, %[[ACC]]#3 : vector<16xf32>
// CHECK: arith.addf %[[LOW]], %[[HIGH]] : vector<16xf32>
// CHECK: arith.addf %{{.+}} : vector<8xf32>
// CHECK: arith.addf %{{.+}} : vector<4xf32>
// CHECK: arith.addf %{{.+}} : vector<2xf32>
// CHECK: %[[TOTAL:.+]] = arith.addf %{{.+}} : f32
// CHECK: %[[OLD:.+]] = memref.load %arg1[%[[I]]]
// CHECK: arith.addf %[[OLD]], %[[TOTAL]] : f32
func.func @sum_of_rows(%x: memref<8x6400xf32>, %y: memref<8xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<8x6400xf32>) outs(%y : memref<8xf32>) dimensions = [1]
  return
}

// -----

// A row of five is one vector of eight with a mask, and has no other lanes.
// CHECK-LABEL: func @short_row
// CHECK-NOT: vector<16xf32>
// CHECK: vector.maskedload %{{.+}} into vector<8xf32>
// CHECK-NOT: vector<16xf32>
// CHECK: return
func.func @short_row(%x: memref<3x5xf32>, %y: memref<3xf32>) {
  linalg.reduce { arith.mulf } ins(%x : memref<3x5xf32>) outs(%y : memref<3xf32>) dimensions = [1]
  return
}

// -----

// A reduction that keeps the innermost dimension is sequential, with its accumulators in registers.
// CHECK-LABEL: func @sum_of_columns
// CHECK: scf.for %[[J:.+]] = %c0 to %c1024 step %c128
// CHECK-COUNT-8: vector.load %arg1
// CHECK: scf.for %[[I:.+]] = %c0 to %c100 step %c1 iter_args
// CHECK: vector.load %arg0[%[[I]],
// CHECK: scf.yield
// CHECK-COUNT-8: vector.store
func.func @sum_of_columns(%x: memref<100x1024xf32>, %y: memref<1024xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<100x1024xf32>) outs(%y : memref<1024xf32>) dimensions = [0]
  return
}

// -----

// Whether a reduction has lanes does not depend on sizes: a kept dimension of extent 1 keeps it sequential.
// CHECK-LABEL: func @kept_unit_dimension
// CHECK-NOT: vector
// CHECK: scf.for %{{.+}} = %c0 to %c1000 step %c1 iter_args
func.func @kept_unit_dimension(%x: memref<1000x1xf32>, %y: memref<1xf32>) {
  linalg.reduce { arith.addf } ins(%x : memref<1000x1xf32>) outs(%y : memref<1xf32>) dimensions = [0]
  return
}

// -----

// What a body computes before it combines becomes vectors as well; a maximum by compare and select keeps its NaN test.
// CHECK-LABEL: func @map_and_maximum
// CHECK: %[[D:.+]] = arith.subf %{{.+}} : vector<16xf32>
// CHECK: %[[NAN:.+]] = arith.cmpf uno, %[[D]], %[[D]] : vector<16xf32>
// CHECK: %[[GREATER:.+]] = arith.cmpf ogt, %[[D]], %[[ACC:.+]] : vector<16xf32>
// CHECK: %[[EITHER:.+]] = arith.ori %{{.+}}, %{{.+}} : vector<16xi1>
// CHECK: arith.select %[[EITHER]], %[[D]], %[[ACC]]
func.func @map_and_maximum(%x: memref<?x?xf32>, %m: memref<?xf32>, %y: memref<?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>],
                  iterator_types = ["parallel", "reduction"]}
      ins(%x, %m : memref<?x?xf32>, memref<?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %d = arith.subf %a, %b : f32
    %greater = arith.cmpf ogt, %d, %acc : f32
    %nan = arith.cmpf uno, %d, %d : f32
    %either = arith.ori %greater, %nan : i1
    %r = arith.select %either, %d, %acc : f32
    linalg.yield %r : f32
  }
  return
}

// -----

// An index and a value together are no combiner that is known here.
// CHECK-LABEL: func @negative_argmax
// CHECK: linalg.generic
func.func @negative_argmax(%x: memref<8xf32>, %v: memref<f32>, %p: memref<index>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>, affine_map<(i) -> ()>],
                  iterator_types = ["reduction"]} ins(%x : memref<8xf32>) outs(%v, %p : memref<f32>, memref<index>) {
  ^bb0(%a: f32, %best: f32, %at: index):
    %i = linalg.index 0 : index
    %greater = arith.cmpf ogt, %a, %best : f32
    %value = arith.select %greater, %a, %best : f32
    %position = arith.select %greater, %i, %at : index
    linalg.yield %value, %position : f32, index
  }
  return
}

// -----

// What fills the output just before is where the reduction starts; the identity of a sum needs no addition.
// CHECK-LABEL: func @filled
// CHECK-NOT: memref.load %arg1
// CHECK: %[[TOTAL:.+]] = arith.addf %{{.+}} : f32
// CHECK-NEXT: memref.store %[[TOTAL]], %arg1
// CHECK: return
func.func @filled(%x: memref<8x64xf32>, %y: memref<8xf32>) {
  %zero = arith.constant -0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<8xf32>)
  linalg.reduce { arith.addf } ins(%x : memref<8x64xf32>) outs(%y : memref<8xf32>) dimensions = [1]
  return
}

// -----

// The taps of a window go one after the other, small windows without loops, with vectors along the channels.
// CHECK-LABEL: func @max_pool
// CHECK-DAG: %[[START:.+]] = arith.constant dense<0xFF800000> : vector<16xf32>
// CHECK: %[[T0:.+]] = vector.load %arg0
// CHECK: %[[M0:.+]] = arith.maximumf %[[START]], %[[T0]]
// CHECK: %[[T1:.+]] = vector.load %arg0
// CHECK: %[[M1:.+]] = arith.maximumf %[[M0]], %[[T1]]
// CHECK: %[[T2:.+]] = vector.load %arg0
// CHECK: %[[M2:.+]] = arith.maximumf %[[M1]], %[[T2]]
// CHECK: %[[T3:.+]] = vector.load %arg0
// CHECK: %[[M3:.+]] = arith.maximumf %[[M2]], %[[T3]]
// CHECK: vector.store %[[M3]], %arg2
func.func @max_pool(%x: memref<1x8x8x16xf32>, %window: memref<2x2xf32>, %y: memref<1x4x4x16xf32>) {
  %lowest = arith.constant 0xFF800000 : f32
  linalg.fill ins(%lowest : f32) outs(%y : memref<1x4x4x16xf32>)
  linalg.generic {indexing_maps = [affine_map<(n, y, x, c, i, j) -> (n, y * 2 + i, x * 2 + j, c)>,
                                   affine_map<(n, y, x, c, i, j) -> (i, j)>, affine_map<(n, y, x, c, i, j) -> (n, y, x, c)>],
                  iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %window : memref<1x8x8x16xf32>, memref<2x2xf32>) outs(%y : memref<1x4x4x16xf32>) {
  ^bb0(%a: f32, %w: f32, %o: f32):
    %r = arith.maximumf %o, %a : f32
    linalg.yield %r : f32
  }
  return
}
