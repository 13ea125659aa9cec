// Programs with control flow that several tests run.
#pragma once

#include <tenon/tenon.h>

/// The steps that n takes to 1.
inline tenon::Tensor collatz(tenon::Tensor n) {
  tenon::Tensor steps = 0;
  $while(n != 1) {
    $if(n % 2 == 0) { n = n / 2; }
    $else { n = 3 * n + 1; };
    steps += 1;
  };
  return steps;
}

/// The first pair of places whose values add up to `target`, as i * 100 + j with j < i; -2 for none, -1 for a negative
/// target.
inline tenon::Tensor find_pair(tenon::Tensor v, tenon::Tensor target) {
  $body(tenon::Tensor) {
    $if(target < 0) { $return(-1); };
    $for(i, v.dim(0)) {
      $for(j, i) {
        $if(v[i] + v[j] == target) { $return(i * 100 + j); };
      };
    };
    return -2;
  };
}
