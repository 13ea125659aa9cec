// What the text of a random program is written in, as Tensors: it runs eagerly, traced and ahead of time.
#pragma once
#define TENON_TEST_TRACED_H

#include "tenon/tenon.h"

namespace tenon::test::programs::traced {

using Real = Tensor;
using Int = Tensor;
using Bool = Tensor;
using Vec = Tensor;
using List = TensorArray;
using Memory = Variable;
struct Pair {
  Tensor x, k;
};

inline Real real(double x) { return Tensor(x, f64); }
inline Int integer(std::int64_t i) { return Tensor(i); }
inline Real wrap(const Real &x) { return x - floor(x / 16.0) * 16.0; }
inline Int bits(const Int &i) { return i & 31; }
using tenon::maximum;
using tenon::minimum;
inline Real absolute(const Real &x) { return abs(x); }
inline Real select(const Bool &condition, const Real &x, const Real &y) { return where(condition, x, y); }
inline Real to_real(const Int &i) { return cast(i, f64); }
inline Int to_integer(const Real &x) { return cast(floor(x), i64); }

inline Vec wrap_each(const Vec &v) { return wrap(v); }
inline Vec sum_of(const Vec &v, const Vec &w) { return v + w; }
inline Vec scaled(const Vec &v, const Real &x) { return v * x; }
inline Vec spread(const Real &x) { return broadcast_to(x, {4}); }
inline Vec rows(const Vec &v) { return v; }
inline Real element(const Vec &v, const Int &i) { return v[i & 3]; }
using tenon::sum;

inline List empty_list() { return TensorArray(f64, 4, {}); }
inline void put(List &list, const Int &i, const Real &x) { list.write(i & 3, x); }
inline Real item(const List &list, const Int &i) { return list.read(i & 3); }
using tenon::range;

inline void halve(Real &x, Int &k) {
  $while(x > 1.0) {
    x = x / 2.0;
    k = bits(k + 1);
  };
}

inline Real digest(const Real &a, const Real &b, const Real &c, const Pair &s, const Pair &r, const Int &k,
                   const Vec &v, const List &list) {
  Real x = a + b * 3.0 + c * 5.0 + s.x * 7.0 + r.x * 11.0 + to_real(k * 13 + s.k * 17 + r.k * 19) + sum(v);
  for (int i = 0; i < 4; ++i) x = x + item(list, integer(i)) * double(23 + i);
  return x;
}

} // namespace tenon::test::programs::traced
