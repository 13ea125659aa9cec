// Loops of which nobody knows how often they run: what their gradients keep is in lists. Written by hand.

func.func @newton(%x: tensor<4xf64>) -> tensor<f64> {
  %two = tenon.constant dense<2.0> : tensor<f64>
  %tolerance = tenon.constant dense<1.0e-13> : tensor<f64>
  %xx = tenon.mul %x, %x : tensor<4xf64>, tensor<4xf64>
  %sum = tenon.reduce <sum> %xx {axes = array<i64: 0>} : tensor<4xf64>
  %a = tenon.add %sum, %two : tensor<f64>, tensor<f64>
  %r = tenon.while (%a : tensor<f64>) -> tensor<f64> {
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

func.func @second_of_newton(%x: tensor<f64> {test.range = array<f64: 2.0, 3.0>}) -> tensor<f64> {
  %tolerance = tenon.constant dense<1.0e-13> : tensor<f64>
  %r = tenon.while (%x : tensor<f64>) -> tensor<f64> {
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

func.func @loop_in_while(%x: tensor<2xf64>, %w: tensor<2xf64>) -> tensor<2xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<i64>
  %three = tenon.constant dense<3> : tensor<i64>
  %r:2 = tenon.while (%x, %zero : tensor<2xf64>, tensor<i64>) -> tensor<2xf64>, tensor<i64> {
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
      %q:2 = tenon.while (%h, %zero : tensor<1x2xf64>, tensor<i64>) -> tensor<1x2xf64>, tensor<i64> {
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

// Counts that are data, of a loop in a loop in a loop; rows of an open size.
func.func @ragged(%x: tensor<?x3xf64> {test.dims = array<i64: 2>}, %counts: tensor<4xi64> {test.value = array<f64: 2.0, 0.0, 3.0, 1.0>}, %n: tensor<i64> {test.value = array<f64: 4.0>}) -> tensor<?x3xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %r = tenon.for %zero to %n step 1 (%x : tensor<?x3xf64>) -> tensor<?x3xf64> {
  ^bb0(%i: tensor<i64>, %h: tensor<?x3xf64>):
    %part = tenon.slice %counts[%i] [1] [1] : tensor<4xi64>
    %m = tenon.reshape %part : tensor<1xi64> -> tensor<i64>
    %s = tenon.for %zero to %m step 1 (%h : tensor<?x3xf64>) -> tensor<?x3xf64> {
    ^bb0(%j: tensor<i64>, %g: tensor<?x3xf64>):
      %t = tenon.tanh %g : tensor<?x3xf64>
      %q = tenon.for %zero to %j step 1 (%t : tensor<?x3xf64>) -> tensor<?x3xf64> {
      ^bb0(%k: tensor<i64>, %p: tensor<?x3xf64>):
        %o = tenon.sin %p : tensor<?x3xf64>
        %u = tenon.mul %o, %x : tensor<?x3xf64>, tensor<?x3xf64>
        tenon.yield %u : tensor<?x3xf64>
      }
      tenon.yield %q : tensor<?x3xf64>
    }
    %e = tenon.exp %s : tensor<?x3xf64>
    tenon.yield %e : tensor<?x3xf64>
  }
  return %r : tensor<?x3xf64>
}

// Many iterations: chunk after chunk.
func.func @long(%x: tensor<f64>, %n: tensor<i64> {test.value = array<f64: 5000.0>}) -> tensor<f64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %small = tenon.constant dense<1.0e-3> : tensor<f64>
  %r = tenon.for %zero to %n step 1 (%x : tensor<f64>) -> tensor<f64> {
  ^bb0(%i: tensor<i64>, %h: tensor<f64>):
    %s = tenon.sin %h : tensor<f64>
    %m = tenon.mul %s, %small : tensor<f64>, tensor<f64>
    %a = tenon.add %h, %m : tensor<f64>, tensor<f64>
    tenon.yield %a : tensor<f64>
  }
  return %r : tensor<f64>
}

// The gradient in a loop: what its inner loop keeps is kept in the same place each time.
func.func @entered_again(%x: tensor<3xf64>, %n: tensor<i64> {test.value = array<f64: 3.0>}) -> tensor<3xf64> {
  %zero = tenon.constant dense<0> : tensor<i64>
  %r = tenon.for %zero to %n step 1 (%x : tensor<3xf64>) -> tensor<3xf64> {
  ^bb0(%i: tensor<i64>, %w: tensor<3xf64>):
    %y = tenon.for %zero to %i step 1 (%w : tensor<3xf64>) -> tensor<3xf64> {
    ^bb0(%j: tensor<i64>, %g: tensor<3xf64>):
      %t = tenon.tanh %g : tensor<3xf64>
      %u = tenon.exp %t : tensor<3xf64>
      tenon.yield %u : tensor<3xf64>
    }
    %s = tenon.sin %y : tensor<3xf64>
    %d = tenon.gradient %s wrt %w : tensor<3xf64> wrt tensor<3xf64>
    %next = tenon.sub %w, %d : tensor<3xf64>, tensor<3xf64>
    tenon.yield %next : tensor<3xf64>
  }
  return %r : tensor<3xf64>
}
