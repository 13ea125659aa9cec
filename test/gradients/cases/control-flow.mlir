// Branches and loops, their nests, what they capture, and second order. Written by hand.

func.func @rnn(%xs: tensor<5x4xf64>, %w: tensor<4x4xf64>, %h0: tensor<1x4xf64>) -> tensor<1x4xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %n = tenon.dim %xs {axis = 0 : i64} : tensor<5x4xf64>
  %r = tenon.for %zero to %n step 1 (%h0 : tensor<1x4xf64>) -> tensor<1x4xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<1x4xf64>):
    %x = tenon.slice %xs[%i, 0] [1, 4] [1, 1] : tensor<5x4xf64>
    %hw = tenon.matmul %h, %w : tensor<1x4xf64>, tensor<4x4xf64>
    %s = tenon.add %hw, %x : tensor<1x4xf64>, tensor<1x4xf64>
    %t = tenon.tanh %s : tensor<1x4xf64>
    tenon.yield %t : tensor<1x4xf64>
  }
  return %r : tensor<1x4xf64>
}

// An open number of steps and an open batch.
func.func @rnn_open(%xs: tensor<?x?x3xf64> {test.dims = array<i64: 4, 2>, tenon.dims = ["time", "batch", ""]}, %w: tensor<3x3xf64>,
                    %h0: tensor<?x3xf64> {test.dims = array<i64: 2>, tenon.dims = ["batch", ""]}) -> tensor<?x3xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %n = tenon.dim %xs {axis = 0 : i64} : tensor<?x?x3xf64>
  %b = tenon.dim %xs {axis = 1 : i64} : tensor<?x?x3xf64>
  %r = tenon.for %zero to %n step 1 (%h0 : tensor<?x3xf64>) -> tensor<?x3xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<?x3xf64>):
    %x = tenon.slice %xs[%i, 0, 0] [1, %b, 3] [1, 1, 1] : tensor<?x?x3xf64>
    %x2 = tenon.reshape %x dims(%b) : tensor<1x?x3xf64> -> tensor<?x3xf64>
    %hw = tenon.matmul %h, %w : tensor<?x3xf64>, tensor<3x3xf64>
    %s = tenon.add %hw, %x2 : tensor<?x3xf64>, tensor<?x3xf64>
    %t = tenon.tanh %s : tensor<?x3xf64>
    tenon.yield %t : tensor<?x3xf64>
  }
  return %r : tensor<?x3xf64>
}

// Downwards, in steps that do not divide the range, the index in a formula.
func.func @down(%x: tensor<3xf64>) -> tensor<3xf64> {
  %from = tenon.constant dense<8> : tensor<i64>
  %to = tenon.constant dense<1> : tensor<i64>
  %r = tenon.for %from to %to step -3 (%x : tensor<3xf64>) -> tensor<3xf64> {
  ^bb0(%i: tensor<i64>, %a: tensor<3xf64>):
    %f = tenon.cast %i : tensor<i64> to tensor<f64>
    %s = tenon.sin %a : tensor<3xf64>
    %b = tenon.mul %s, %f : tensor<3xf64>, tensor<f64>
    tenon.yield %b : tensor<3xf64>
  }
  return %r : tensor<3xf64>
}

// No iteration at all.
func.func @none(%x: tensor<3xf64>, %n: tensor<i64> {test.value = array<f64: 0.0>}) -> tensor<3xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %m = tenon.constant dense<0> : tensor<i64>
  %r = tenon.for %zero to %m step 1 (%x : tensor<3xf64>) -> tensor<3xf64> {
  ^bb0(%i: tensor<i64>, %a: tensor<3xf64>):
    %b = tenon.exp %a : tensor<3xf64>
    tenon.yield %b : tensor<3xf64>
  }
  %y = tenon.mul %r, %x : tensor<3xf64>, tensor<3xf64>
  return %y : tensor<3xf64>
}

func.func @branch(%x: tensor<3xf64>, %w: tensor<3xf64>, %k: tensor<i64> {test.value = array<f64: 1.0>}) -> tensor<3xf64> {
  %one = tenon.constant dense<1> : tensor<i64>
  %c = tenon.compare <eq> %k, %one : tensor<i64>, tensor<i64>
  %r = tenon.if %c -> tensor<3xf64> {
    %a = tenon.exp %x : tensor<3xf64>
    %b = tenon.tanh %a : tensor<3xf64>
    %d = tenon.mul %b, %w : tensor<3xf64>, tensor<3xf64>
    tenon.yield %d : tensor<3xf64>
  } else {
    %a = tenon.sin %w : tensor<3xf64>
    tenon.yield %a : tensor<3xf64>
  }
  %y = tenon.mul %r, %x : tensor<3xf64>, tensor<3xf64>
  return %y : tensor<3xf64>
}
func.func @other_branch(%x: tensor<3xf64>, %w: tensor<3xf64>, %k: tensor<i64> {test.value = array<f64: 2.0>}) -> tensor<3xf64> {
  %one = tenon.constant dense<1> : tensor<i64>
  %c = tenon.compare <eq> %k, %one : tensor<i64>, tensor<i64>
  %r = tenon.if %c -> tensor<3xf64> {
    %a = tenon.exp %x : tensor<3xf64>
    tenon.yield %a : tensor<3xf64>
  } else {
    %a = tenon.sin %w : tensor<3xf64>
    tenon.yield %a : tensor<3xf64>
  }
  %y = tenon.mul %r, %x : tensor<3xf64>, tensor<3xf64>
  return %y : tensor<3xf64>
}

// A branch that differs from one iteration to the next.
func.func @branch_in_loop(%x: tensor<4xf64>, %w: tensor<4xf64>) -> tensor<4xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<i64>
  %five = tenon.constant dense<5> : tensor<i64>
  %r = tenon.for %zero to %five step 1 (%x : tensor<4xf64>) -> tensor<4xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<4xf64>):
    %m = tenon.rem %i, %two : tensor<i64>, tensor<i64>
    %c = tenon.compare <eq> %m, %zero : tensor<i64>, tensor<i64>
    %s = tenon.if %c -> tensor<4xf64> {
      %a = tenon.exp %h : tensor<4xf64>
      %b = tenon.tanh %a : tensor<4xf64>
      %d = tenon.mul %b, %w : tensor<4xf64>, tensor<4xf64>
      tenon.yield %d : tensor<4xf64>
    } else {
      %a = tenon.sub %h, %w : tensor<4xf64>, tensor<4xf64>
      %b = tenon.sin %a : tensor<4xf64>
      %d = tenon.sub %b, %h : tensor<4xf64>, tensor<4xf64>
      tenon.yield %d : tensor<4xf64>
    }
    tenon.yield %s : tensor<4xf64>
  }
  return %r : tensor<4xf64>
}

func.func @nested(%x: tensor<2xf64>, %w: tensor<2xf64>) -> tensor<2xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<i64>
  %three = tenon.constant dense<3> : tensor<i64>
  %r = tenon.for %zero to %three step 1 (%x : tensor<2xf64>) -> tensor<2xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<2xf64>):
    %e = tenon.exp %h : tensor<2xf64>
    %s = tenon.for %zero to %two step 1 (%h : tensor<2xf64>) -> tensor<2xf64> {
    ^bb0(%j: tensor<i64>, %g: tensor<2xf64>):
      %t = tenon.tanh %g : tensor<2xf64>
      %u = tenon.mul %t, %w : tensor<2xf64>, tensor<2xf64>
      %v = tenon.mul %u, %e : tensor<2xf64>, tensor<2xf64>
      tenon.yield %v : tensor<2xf64>
    }
    tenon.yield %s : tensor<2xf64>
  }
  return %r : tensor<2xf64>
}

// The square root by Newton's method, as often as it takes.
func.func @newton(%x: tensor<4xf64>) -> tensor<f64> {
  %two = tenon.constant dense<2.0> : tensor<f64>
  %tolerance = tenon.constant dense<1.0e-13> : tensor<f64>
  %xx = tenon.mul %x, %x : tensor<4xf64>, tensor<4xf64>
  %sum = tenon.reduce <sum> %xx {axes = array<i64: 0>} : tensor<4xf64>
  %a = tenon.add %sum, %two : tensor<f64>, tensor<f64>
  %r = tenon.while (%a : tensor<f64>) -> tensor<f64> attributes {tenon.max_iterations = 40 : i64} {
  ^bb0(%y: tensor<f64>):
    %yy = tenon.mul %y, %y : tensor<f64>, tensor<f64>
    %d = tenon.sub %yy, %a : tensor<f64>, tensor<f64>
    %e = tenon.abs %d : tensor<f64>
    %c = tenon.compare <gt> %e, %tolerance : tensor<f64>, tensor<f64>
    tenon.condition %c, %y : tensor<f64>
  } do {
  ^bb0(%y: tensor<f64>):
    %yy = tenon.mul %y, %y : tensor<f64>, tensor<f64>
    %d = tenon.sub %yy, %a : tensor<f64>, tensor<f64>
    %y2 = tenon.add %y, %y : tensor<f64>, tensor<f64>
    %q = tenon.div %d, %y2 : tensor<f64>, tensor<f64>
    %n = tenon.sub %y, %q : tensor<f64>, tensor<f64>
    tenon.yield %n : tensor<f64>
  }
  %s = tenon.tanh %r : tensor<f64>
  return %s : tensor<f64>
}

// A loop in a while.
func.func @loop_in_while(%x: tensor<2xf64>, %w: tensor<2xf64>) -> tensor<2xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<i64>
  %three = tenon.constant dense<3> : tensor<i64>
  %r:2 = tenon.while (%x, %zero : tensor<2xf64>, tensor<i64>) -> tensor<2xf64>, tensor<i64> attributes {tenon.max_iterations = 5 : i64} {
  ^bb0(%h: tensor<2xf64>, %k: tensor<i64>):
    %c = tenon.compare <lt> %k, %three : tensor<i64>, tensor<i64>
    tenon.condition %c, %h, %k : tensor<2xf64>, tensor<i64>
  } do {
  ^bb0(%h: tensor<2xf64>, %k: tensor<i64>):
    %s = tenon.for %zero to %two step 1 (%h : tensor<2xf64>) -> tensor<2xf64> {
    ^bb0(%j: tensor<i64>, %g: tensor<2xf64>):
      %t = tenon.tanh %g : tensor<2xf64>
      %u = tenon.mul %t, %w : tensor<2xf64>, tensor<2xf64>
      tenon.yield %u : tensor<2xf64>
    }
    %n = tenon.add %k, %one : tensor<i64>, tensor<i64>
    tenon.yield %s, %n : tensor<2xf64>, tensor<i64>
  }
  return %r#0 : tensor<2xf64>
}

// Rows are written one after the other.
func.func @array(%x: tensor<3x2xf64>) -> tensor<3x2xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %three = tenon.constant dense<3> : tensor<i64>
  %f = tenon.constant dense<0.0> : tensor<3x2xf64>
  %r = tenon.for %zero to %three step 1 (%f : tensor<3x2xf64>) -> tensor<3x2xf64> {
  ^bb0(%i: tensor<i64>, %a: tensor<3x2xf64>):
    %row = tenon.slice %x[%i, 0] [1, 2] [1, 1] : tensor<3x2xf64>
    %e = tenon.exp %row : tensor<1x2xf64>
    %b = tenon.insert %e, %a[%i, 0] : tensor<1x2xf64>, tensor<3x2xf64>
    tenon.yield %b : tensor<3x2xf64>
  }
  return %r : tensor<3x2xf64>
}

// ---- second order
func.func @second_of_elementwise(%x: tensor<4xf64>) -> tensor<4xf64> {
  %t = tenon.tanh %x : tensor<4xf64>
  %m = tenon.mul %t, %x : tensor<4xf64>, tensor<4xf64>
  %y = tenon.sigmoid %m : tensor<4xf64>
  %g = tenon.gradient %y wrt %x : tensor<4xf64> wrt tensor<4xf64>
  %q = tenon.mul %g, %g : tensor<4xf64>, tensor<4xf64>
  return %q : tensor<4xf64>
}
func.func @third(%x: tensor<4xf64>) -> tensor<4xf64> {
  %y = tenon.sin %x : tensor<4xf64>
  %z = tenon.mul %y, %x : tensor<4xf64>, tensor<4xf64>
  %g = tenon.gradient %z wrt %x : tensor<4xf64> wrt tensor<4xf64>
  %h = tenon.gradient %g wrt %x : tensor<4xf64> wrt tensor<4xf64>
  return %h : tensor<4xf64>
}
func.func @second_of_softmax(%x: tensor<2x3xf64>, %w: tensor<3x3xf64>) -> tensor<3x3xf64> {
  %h = tenon.matmul %x, %w : tensor<2x3xf64>, tensor<3x3xf64>
  %s = tenon.log_softmax %h {axis = 1 : i64} : tensor<2x3xf64>
  %t = tenon.mul %s, %x : tensor<2x3xf64>, tensor<2x3xf64>
  %g = tenon.gradient %t wrt %w : tensor<2x3xf64> wrt tensor<3x3xf64>
  return %g : tensor<3x3xf64>
}
func.func @second_of_conv(%x: tensor<1x5x4x2xf64>, %w: tensor<3x2x2x3xf64>) -> tensor<1x5x4x2xf64> {
  %y = tenon.conv %x, %w {strides = array<i64: 2, 1>, padding = array<i64: 1, 1, 0, 1>, dilations = array<i64: 1, 1>} : tensor<1x5x4x2xf64>, tensor<3x2x2x3xf64>
  %t = tenon.tanh %y : tensor<1x3x4x3xf64>
  %g = tenon.gradient %t wrt %x : tensor<1x3x4x3xf64> wrt tensor<1x5x4x2xf64>
  return %g : tensor<1x5x4x2xf64>
}
func.func @second_of_loop(%x: tensor<3xf64>, %w: tensor<3xf64>) -> tensor<3xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %n = tenon.constant dense<3> : tensor<i64>
  %r = tenon.for %zero to %n step 1 (%x : tensor<3xf64>) -> tensor<3xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<3xf64>):
    %m = tenon.mul %h, %w : tensor<3xf64>, tensor<3xf64>
    %t = tenon.tanh %m : tensor<3xf64>
    tenon.yield %t : tensor<3xf64>
  }
  %g = tenon.gradient %r wrt %x : tensor<3xf64> wrt tensor<3xf64>
  return %g : tensor<3xf64>
}
func.func @second_of_newton(%x: tensor<f64> {test.range = array<f64: 2.0, 3.0>}) -> tensor<f64> {
  %tolerance = tenon.constant dense<1.0e-13> : tensor<f64>
  %r = tenon.while (%x : tensor<f64>) -> tensor<f64> attributes {tenon.max_iterations = 40 : i64} {
  ^bb0(%y: tensor<f64>):
    %yy = tenon.mul %y, %y : tensor<f64>, tensor<f64>
    %d = tenon.sub %yy, %x : tensor<f64>, tensor<f64>
    %e = tenon.abs %d : tensor<f64>
    %c = tenon.compare <gt> %e, %tolerance : tensor<f64>, tensor<f64>
    tenon.condition %c, %y : tensor<f64>
  } do {
  ^bb0(%y: tensor<f64>):
    %yy = tenon.mul %y, %y : tensor<f64>, tensor<f64>
    %d = tenon.sub %yy, %x : tensor<f64>, tensor<f64>
    %y2 = tenon.add %y, %y : tensor<f64>, tensor<f64>
    %q = tenon.div %d, %y2 : tensor<f64>, tensor<f64>
    %n = tenon.sub %y, %q : tensor<f64>, tensor<f64>
    tenon.yield %n : tensor<f64>
  }
  %g = tenon.gradient %r wrt %x : tensor<f64> wrt tensor<f64>
  return %g : tensor<f64>
}

// A tape in a loop: a step of gradient descent, differentiated.
func.func @gradient_in_loop(%x: tensor<3xf64>, %w0: tensor<3xf64>) -> tensor<3xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %n = tenon.constant dense<3> : tensor<i64>
  %rate = tenon.constant dense<0.1> : tensor<f64>
  %r = tenon.for %zero to %n step 1 (%w0 : tensor<3xf64>) -> tensor<3xf64> {
  ^bb0(%i: tensor<i64>, %w: tensor<3xf64>):
    %m = tenon.mul %x, %w : tensor<3xf64>, tensor<3xf64>
    %loss = tenon.sin %m : tensor<3xf64>
    %g = tenon.gradient %loss wrt %w : tensor<3xf64> wrt tensor<3xf64>
    %s = tenon.mul %g, %rate : tensor<3xf64>, tensor<f64>
    %next = tenon.sub %w, %s : tensor<3xf64>, tensor<3xf64>
    tenon.yield %next : tensor<3xf64>
  }
  return %r : tensor<3xf64>
}

// ---- deeper nests
func.func @second_of_branch_in_loop(%x: tensor<2xf64>, %w: tensor<2xf64>) -> tensor<2xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<i64>
  %four = tenon.constant dense<4> : tensor<i64>
  %r = tenon.for %zero to %four step 1 (%x : tensor<2xf64>) -> tensor<2xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<2xf64>):
    %m = tenon.rem %i, %two : tensor<i64>, tensor<i64>
    %c = tenon.compare <eq> %m, %zero : tensor<i64>, tensor<i64>
    %s = tenon.if %c -> tensor<2xf64> {
      %a = tenon.exp %h : tensor<2xf64>
      %b = tenon.tanh %a : tensor<2xf64>
      %d = tenon.mul %b, %w : tensor<2xf64>, tensor<2xf64>
      tenon.yield %d : tensor<2xf64>
    } else {
      %b = tenon.sin %h : tensor<2xf64>
      %d = tenon.sub %b, %w : tensor<2xf64>, tensor<2xf64>
      tenon.yield %d : tensor<2xf64>
    }
    tenon.yield %s : tensor<2xf64>
  }
  %g = tenon.gradient %r wrt %x : tensor<2xf64> wrt tensor<2xf64>
  return %g : tensor<2xf64>
}

// A while in a branch in a loop over an open dimension; how often it runs differs.
func.func @while_in_branch_in_loop(%x: tensor<?x2xf64> {test.dims = array<i64: 4>}, %w: tensor<2xf64>) -> tensor<1x2xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<i64>
  %n = tenon.dim %x {axis = 0 : i64} : tensor<?x2xf64>
  %first = tenon.slice %x[0, 0] [1, 2] [1, 1] : tensor<?x2xf64>
  %r = tenon.for %zero to %n step 1 (%first : tensor<1x2xf64>) -> tensor<1x2xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<1x2xf64>):
    %row = tenon.slice %x[%i, 0] [1, 2] [1, 1] : tensor<?x2xf64>
    %m = tenon.rem %i, %two : tensor<i64>, tensor<i64>
    %c = tenon.compare <eq> %m, %zero : tensor<i64>, tensor<i64>
    %s = tenon.if %c -> tensor<1x2xf64> {
      %q:2 = tenon.while (%h, %zero : tensor<1x2xf64>, tensor<i64>) -> tensor<1x2xf64>, tensor<i64> attributes {tenon.max_iterations = 6 : i64} {
      ^bb0(%g: tensor<1x2xf64>, %k: tensor<i64>):
        %more = tenon.compare <le> %k, %i : tensor<i64>, tensor<i64>
        tenon.condition %more, %g, %k : tensor<1x2xf64>, tensor<i64>
      } do {
      ^bb0(%g: tensor<1x2xf64>, %k: tensor<i64>):
        %t = tenon.tanh %g : tensor<1x2xf64>
        %u = tenon.mul %t, %w : tensor<1x2xf64>, tensor<2xf64>
        %v = tenon.add %u, %row : tensor<1x2xf64>, tensor<1x2xf64>
        %l = tenon.add %k, %one : tensor<i64>, tensor<i64>
        tenon.yield %v, %l : tensor<1x2xf64>, tensor<i64>
      }
      tenon.yield %q#0 : tensor<1x2xf64>
    } else {
      %e = tenon.exp %row : tensor<1x2xf64>
      %d = tenon.mul %e, %h : tensor<1x2xf64>, tensor<1x2xf64>
      tenon.yield %d : tensor<1x2xf64>
    }
    tenon.yield %s : tensor<1x2xf64>
  }
  return %r : tensor<1x2xf64>
}

// Rows gathered in a loop add up in one accumulator.
func.func @embedding_in_loop(%table: tensor<5x2xf64>, %ids: tensor<4xi64> {test.value = array<f64: 1.0, 3.0, 1.0, 4.0>}) -> tensor<2xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %four = tenon.constant dense<4> : tensor<i64>
  %start = tenon.constant dense<0.5> : tensor<2xf64>
  %r = tenon.for %zero to %four step 1 (%start : tensor<2xf64>) -> tensor<2xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<2xf64>):
    %one = tenon.slice %ids[%i] [1] [1] : tensor<4xi64>
    %row = tenon.gather %table, %one {axis = 0 : i64} : tensor<5x2xf64>, tensor<1xi64>
    %flat = tenon.reshape %row : tensor<1x2xf64> -> tensor<2xf64>
    %t = tenon.tanh %flat : tensor<2xf64>
    %s = tenon.mul %t, %h : tensor<2xf64>, tensor<2xf64>
    %u = tenon.add %s, %flat : tensor<2xf64>, tensor<2xf64>
    tenon.yield %u : tensor<2xf64>
  }
  return %r : tensor<2xf64>
}

// A gradient in a branch of what was computed before it.
func.func @gradient_in_branch(%x: tensor<3xf64>, %k: tensor<i64> {test.value = array<f64: 1.0>}) -> tensor<3xf64> {
  %one = tenon.constant dense<1> : tensor<i64>
  %y = tenon.sin %x : tensor<3xf64>
  %c = tenon.compare <eq> %k, %one : tensor<i64>, tensor<i64>
  %r = tenon.if %c -> tensor<3xf64> {
    %z = tenon.mul %y, %y : tensor<3xf64>, tensor<3xf64>
    %g = tenon.gradient %z wrt %x : tensor<3xf64> wrt tensor<3xf64>
    tenon.yield %g : tensor<3xf64>
  } else {
    tenon.yield %y : tensor<3xf64>
  }
  return %r : tensor<3xf64>
}
