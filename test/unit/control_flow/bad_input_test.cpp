// What traced control flow refuses: each message, with the user's file and line.
#include "same.h"
#include "sources.h"

using tenon::Tensor;

namespace {

std::string line(int number) { return "(bad_input_test.cpp:" + std::to_string(number) + ")"; }
std::string declared(int number) { return "the Tensor declared at bad_input_test.cpp:" + std::to_string(number); }

#define REFUSES(f, text, ...)                                                                                          \
  do {                                                                                                                 \
    const std::string message = message_of([&] { tenon::function(f).mlir(__VA_ARGS__); });                             \
    EXPECT_NE(message.find(text), std::string::npos) << message << "\n  expected: " << (text);                         \
  } while (false)

TEST(BadInput, ANativeIfOnATracedTensor) {
  auto f = [](Tensor x) -> Tensor {
    if (x > 0)
      return x;
    return -x;
  };
  REFUSES(f,
          "bool: the value of a traced Tensor is not known yet, so no native if, while, for, ?:, && or || can depend "
          "on it " +
              line(__LINE__ - 7) +
              "\n  remedy: mark the function TENON_FUNCTION and build its file with tenon_add_autograph(), or write "
              "$if(c) {...};",
          Tensor(1.0));
  EXPECT_EQ(f(Tensor(-2.0)).item(), 2.0f);
}

TEST(BadInput, ANativeForOverWhatIsOpen) {
  auto numbers = [](Tensor n) {
    Tensor s = 0;
    for (Tensor i : tenon::range(n)) s += i;
    return s;
  };
  REFUSES(numbers,
          "range: a native for over a range whose end is known only to the running function " + line(__LINE__ - 4),
          Tensor(3));
  EXPECT_EQ(numbers(Tensor(4)).item<int>(), 6);
  auto rows = [](Tensor x) {
    Tensor s = 0.0;
    for (Tensor row : x) s += row;
    return s;
  };
  const std::string open = message_of([&] { tenon::function(rows, {tenon::spec<float>("n")}).mlir(tenon::ones({3})); });
  EXPECT_NE(open.find("for: a native for over the rows of f32[?], whose number only the running function knows " +
                      line(__LINE__ - 5)),
            std::string::npos)
      << open;
  same(rows, {6}, Tensor{1., 2., 3.}); // a static number of rows is unrolled
}

TEST(BadInput, BranchesThatDisagree) {
  auto shapes = [](Tensor x) {
    Tensor y;
    $if(tenon::sum(x) > 0) { y = x; }
    $else { y = tenon::sum(x); };
    return y;
  };
  REFUSES(shapes,
          "if: " + declared(__LINE__ - 6) + " is f32[2] behind the first branch, but f32[] behind the second " +
              line(__LINE__ - 6) + "\n  " + std::to_string(__LINE__ - 7) + " | Tensor y;\n  remedy: make both branches",
          Tensor({1., 2.}));
  auto dtypes = [](Tensor x) {
    $if(x > 0) { x = 1; };
    return x;
  };
  REFUSES(dtypes, "is i64[] behind the first branch, but f32[] behind the second", Tensor(1.0));
}

TEST(BadInput, ACarriedValueThatChangesItsType) {
  auto dtype = [](Tensor x) {
    Tensor s = 0;
    $for(i, 3) { s = s + x; };
    return s;
  };
  REFUSES(dtype,
          "for: " + declared(__LINE__ - 5) + " is i64[] before the loop, but f32[] after one iteration " +
              line(__LINE__ - 5) + "\n  " + std::to_string(__LINE__ - 6) +
              " | Tensor s = 0;\n  remedy: begin with the dtype and shape that it has in the loop (0.0 in place of 0",
          Tensor(1.5));
  auto shape = [](Tensor x) {
    Tensor s = x;
    $while(tenon::sum(s) < 10) { s = tenon::concat({s, x}); };
    return s;
  };
  REFUSES(shape, "while: " + declared(__LINE__ - 4) + " is f32[2] before the loop, but f32[4] after one iteration",
          Tensor({1., 2.}));
}

TEST(BadInput, AnOpenSizeThatGrows) {
  auto grows = [](Tensor x) {
    Tensor s = x;
    $for(i, 3) { s = tenon::concat({s, x}); };
    return s;
  };
  const std::string message =
      message_of([&] { tenon::function(grows, {tenon::spec<float>("n")}).mlir(tenon::ones({2})); });
  EXPECT_NE(message.find("for: dimension 0 of " + declared(__LINE__ - 6) +
                         ", f32[?], may change its size from one iteration to the next, but what a loop carries keeps "
                         "its shape " +
                         line(__LINE__ - 8)),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("remedy: collect what iterations compute in a tenon::TensorArray, or slice or pad"),
            std::string::npos)
      << message;
}

TEST(BadInput, AnOpenSizeThatMayChangeIsChecked) {
  auto body = [](Tensor x, Tensor y, Tensor n) {
    $for(i, n) { x = y * 2; };
    return x;
  };
  auto f = tenon::function(body, {tenon::spec<float>("n"), tenon::spec<float>("m"), tenon::spec<std::int64_t>()});
  EXPECT_EQ(f(tenon::ones({3}), tenon::ones({3}), Tensor(2)).to_string(), "[2. 2. 2.]");
  EXPECT_ERROR(f(tenon::ones({3}), tenon::ones({2}), Tensor(2)),
               "changed its size in an iteration " + line(__LINE__ - 6));
  auto same_name =
      tenon::function(body, {tenon::spec<float>("n"), tenon::spec<float>("n"), tenon::spec<std::int64_t>()});
  EXPECT_EQ(same_name.mlir(tenon::ones({3}), tenon::ones({3}), Tensor(2)).find("tenon.assert"), std::string::npos);
}

TEST(BadInput, ReadsBeforeAnAssignment) {
  auto one_branch = [](Tensor x) {
    Tensor y;
    $if(x > 0) { y = x; };
    return y + 1;
  };
  REFUSES(one_branch,
          "add: " + declared(__LINE__ - 5) +
              " may have no value here: it is assigned only in the first branch of the if at bad_input_test.cpp:" +
              std::to_string(__LINE__ - 6) + " " + line(__LINE__ - 5) + "\n  " + std::to_string(__LINE__ - 7) +
              " | Tensor y;\n  remedy: give it a value before that statement",
          Tensor(1.0));
  auto only_in_loop = [](Tensor x) {
    Tensor y;
    $while(x > 0) {
      y = x;
      x -= 1;
    };
    return y + 1;
  };
  REFUSES(only_in_loop,
          "may have no value here: it is assigned only inside the while at bad_input_test.cpp:" +
              std::to_string(__LINE__ - 8) + ", which may run no iteration",
          Tensor(1.0));
  auto never = [](Tensor x) {
    Tensor y;
    return x + y;
  };
  REFUSES(never, "add: use of a Tensor without a value (declared at bad_input_test.cpp:", Tensor(1.0));
  auto before_break = [](Tensor x) {
    Tensor y;
    $loop {
      $if(x > 3) { $break; };
      y = x;
      x += 1;
    };
    return y + 1;
  };
  REFUSES(before_break, "may have no value here", Tensor(1.0));
}

TEST(BadInput, WhatIsNotReadIsNoError) {
  auto f = [](Tensor x) {
    Tensor y, z, s = 0.0;
    $if(x > 0) {
      y = x * 2;
      x = y + 1;
    };
    $for(i, 3) {
      $if(i == 1) { $continue; }
      $else { z = i * x; };
      s += z;
    };
    return x + s;
  };
  same(f, {15}, Tensor(2.0));
}

TEST(BadInput, AnEscape) {
  auto pushes = [](Tensor x) {
    std::vector<Tensor> v;
    v.reserve(8);
    $for(i, 3) { v.push_back(x + i); };
    return v[0];
  };
  REFUSES(pushes,
          "for: a Tensor that is made inside this statement (at bad_input_test.cpp:" + std::to_string(__LINE__ - 4) +
              ") outlives it, in a container (push_back?), a static or on the heap, but what is inside is traced only "
              "once " +
              line(__LINE__ - 7),
          Tensor(1.0));
  REFUSES(pushes, "remedy: collect what iterations compute in a tenon::TensorArray", Tensor(1.0));
}

TEST(BadInput, AResizedVector) {
  auto grows = [](Tensor x) {
    std::vector<Tensor> v{x};
    $for(i, 3) {
      v.push_back(x);
      x = x + 1;
    };
    return v[0];
  };
  REFUSES(grows, "for: a Tensor from outside this statement (declared at bad_input_test.cpp:", Tensor(1.0));
  REFUSES(grows, "is destroyed inside it: a std::vector or another container was resized or replaced by traced code",
          Tensor(1.0));
  auto copies = [](Tensor x) { // as many elements: assigned one by one
    std::vector<Tensor> v{x, 2 * x};
    $for(i, 3) {
      std::vector<Tensor> w{v[1], v[0]};
      v = w;
    };
    return v;
  };
  same(copies, {10, 5}, Tensor(5));
}

TEST(BadInput, AnAssignmentToACapturedTensor) {
  Tensor outside = 1.0, empty;
  auto f = [&](Tensor x) {
    $if(x > 0) { outside = outside + x; };
    return x;
  };
  REFUSES(f,
          "assignment: the Tensor that is assigned, here or a few lines below, lives outside the traced function, "
          "which runs only once as C++ " +
              line(__LINE__ - 6) + "\n  remedy: return the value, or keep it in a tenon::Variable",
          Tensor(1.0));
  auto g = [&](Tensor x) {
    empty = x;
    return x;
  };
  REFUSES(g, "assignment: the Tensor that is assigned", Tensor(1.0));
}

TEST(BadInput, ABreakOfALoopThatIsOver) {
  auto outlives = [](Tensor x) {
    tenon::detail::Loop kept;
    $while(x < 3) {
      x += 1;
      kept = _tenon_loop;
    };
    kept.leave();
    return x;
  };
  REFUSES(outlives,
          "break or return: what this statement leaves is not running here: it is in a lambda that outlived it " +
              line(__LINE__ - 5),
          Tensor(1.0));
}

TEST(BadInput, AnEndlessTrace) {
  auto body = [](Tensor x) {
    Tensor steps = 0;
    for (int k = 0; k >= 0; k = (k + 1) % 7) {
      x = x * 2;
      steps += 1;
    }
    return x;
  };
  auto f = tenon::function(body, {.name = "doubles", .operation_budget = 1000});
  EXPECT_ERROR(f.mlir(Tensor(1.0)),
               "doubles: more than 1000 operations have been traced: a C++ loop that does not end while tracing? "
               "(bad_input_test.cpp:" +
                   std::to_string(__LINE__ - 8));
  EXPECT_ERROR(f.mlir(Tensor(1.0)), "remedy: make it a traced loop");
  auto never_left = [](Tensor x) {
    $loop { x = x + 1; };
    return x;
  };
  REFUSES(never_left, "while: this loop has no break and no return, so that it never ends " + line(__LINE__ - 3),
          Tensor(1.0));
}

TEST(BadInput, AConditionThatAssigns) {
  auto f = [](Tensor x) {
    $while((x -= 1) > 0){};
    return x;
  };
  REFUSES(f, "while: the condition assigns the Tensor declared at ", Tensor(3.0));
  REFUSES(f, "which is outside of it " + line(__LINE__ - 4), Tensor(3.0));
}

TEST(BadInput, AConditionThatIsNoScalar) {
  auto branches = [](Tensor x) {
    $if(x > 0) { x = -x; };
    return x;
  };
  const std::string message = "if: the condition is bool[2], but a scalar is needed " + line(__LINE__ - 3) +
                              "\n  remedy: reduce it with all() or any()";
  REFUSES(branches, message, Tensor({1., 2.}));
  EXPECT_ERROR(branches(Tensor{1., 2.}), message);
  auto loops = [](Tensor x) {
    $while(x > 0) { x = x - 1; };
    return x;
  };
  REFUSES(loops, "while: the condition is bool[2], but a scalar is needed", Tensor({1., 2.}));
  EXPECT_ERROR(loops(Tensor{1., 2.}), "while: the condition is bool[2], but a scalar is needed");
}

TEST(BadInput, AnIndexOutOfRangeAtRunTime) {
  auto body = [](Tensor x, Tensor n) {
    Tensor s = 0.0;
    $for(i, n) { s += x[i]; };
    return s;
  };
  const int where = __LINE__ - 3;
  const Tensor x{1., 2., 3.};
  EXPECT_ERROR(body(x, Tensor(5)), "index: 3 is out of range for dimension 0 of f32[3] " + line(where));
  auto f = tenon::function(body, {.name = "sums"});
  EXPECT_EQ(f(x, Tensor(3)).item(), 6.0f);
  EXPECT_ERROR(f(x, Tensor(5)),
               "sums: slice: start 3 and size 1 with stride 1 reach outside dimension 0 of size 3 " + line(where));
}

TEST(BadInput, ASizeThatIsAnInputsValue) {
  const int made = __LINE__ + 1;
  auto f = tenon::function(
      [](Tensor x, Tensor n) {
        tenon::TensorArray powers(tenon::f32, n);
        $for(i, n) {
          powers.write(i, x);
          x = x * x;
        };
        return powers.stack();
      },
      {.name = "powers"});
  EXPECT_ERROR(
      f(Tensor(2.0), Tensor(3)),
      "powers: the size of an output of 'powers' depends on the values of input 'input1': only sizes that "
      "follow from the inputs' sizes can be compiled " +
          line(made) +
          "\n  remedy: pass 'input1' as a C++ number, for each value of which there is a function of its own, or "
          "return a tensor of a size that bounds it and how much of it counts");
  auto number = [](Tensor x, std::int64_t n) {
    tenon::TensorArray powers(tenon::f32, n);
    $for(i, n) {
      powers.write(i, x);
      x = x * x;
    };
    return powers.stack();
  };
  EXPECT_EQ(tenon::function(number)(Tensor(2.0), 3).to_string(), "[ 2.  4. 16.]");
  auto bounded = [](Tensor x, Tensor n) {
    tenon::TensorArray powers(tenon::f32, 8);
    $for(i, n) {
      powers.write(i, x);
      x = x * x;
    };
    return std::make_pair(powers.stack(), n);
  };
  same(bounded, {2, 4, 16, 0, 0, 0, 0, 0, 3}, Tensor(2.0), Tensor(3));
}

TEST(BadInput, AnErrorThatTheProgramCatches) {
  auto f = [](Tensor x) {
    try {
      $if(x > 0) { x = tenon::matmul(x, x); };
    } catch (const tenon::Error &) {
    }
    return x + 1;
  };
  REFUSES(f, "an error inside a traced statement was caught by the program: the trace cannot go on", Tensor(1.0));
}

} // namespace
