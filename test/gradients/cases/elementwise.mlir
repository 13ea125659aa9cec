// Element-wise ops. Made by make_cases.py.

func.func @neg_1(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.neg %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @neg_2(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<f64> {
  %r = tenon.neg %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @neg_3(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.neg %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @neg_4(%x: tensor<0x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<0x3xf64> {
  %r = tenon.neg %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @exp_5(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.exp %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @exp_6(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<f64> {
  %r = tenon.exp %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @exp_7(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.exp %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @exp_8(%x: tensor<0x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<0x3xf64> {
  %r = tenon.exp %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @exp2_9(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.exp2 %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @exp2_10(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<f64> {
  %r = tenon.exp2 %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @exp2_11(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.exp2 %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @exp2_12(%x: tensor<0x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<0x3xf64> {
  %r = tenon.exp2 %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @expm1_13(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.expm1 %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @expm1_14(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<f64> {
  %r = tenon.expm1 %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @expm1_15(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.expm1 %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @expm1_16(%x: tensor<0x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<0x3xf64> {
  %r = tenon.expm1 %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @log_17(%x: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.log %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @log_18(%x: tensor<f64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<f64> {
  %r = tenon.log %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @log_19(%x: tensor<?x1xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.log %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @log_20(%x: tensor<0x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<0x3xf64> {
  %r = tenon.log %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @log2_21(%x: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.log2 %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @log2_22(%x: tensor<f64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<f64> {
  %r = tenon.log2 %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @log2_23(%x: tensor<?x1xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.log2 %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @log2_24(%x: tensor<0x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<0x3xf64> {
  %r = tenon.log2 %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @log1p_25(%x: tensor<2x3xf64> {test.range = array<f64: -0.5, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.log1p %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @log1p_26(%x: tensor<f64> {test.range = array<f64: -0.5, 1.0>}) -> tensor<f64> {
  %r = tenon.log1p %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @log1p_27(%x: tensor<?x1xf64> {test.range = array<f64: -0.5, 1.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.log1p %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @log1p_28(%x: tensor<0x3xf64> {test.range = array<f64: -0.5, 1.0>}) -> tensor<0x3xf64> {
  %r = tenon.log1p %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @sqrt_29(%x: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.sqrt %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @sqrt_30(%x: tensor<f64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<f64> {
  %r = tenon.sqrt %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @sqrt_31(%x: tensor<?x1xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.sqrt %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @sqrt_32(%x: tensor<0x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<0x3xf64> {
  %r = tenon.sqrt %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @rsqrt_33(%x: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.rsqrt %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @rsqrt_34(%x: tensor<f64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<f64> {
  %r = tenon.rsqrt %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @rsqrt_35(%x: tensor<?x1xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.rsqrt %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @rsqrt_36(%x: tensor<0x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<0x3xf64> {
  %r = tenon.rsqrt %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @sin_37(%x: tensor<2x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.sin %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @sin_38(%x: tensor<f64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<f64> {
  %r = tenon.sin %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @sin_39(%x: tensor<?x1xf64> {test.range = array<f64: -2.0, 2.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.sin %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @sin_40(%x: tensor<0x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<0x3xf64> {
  %r = tenon.sin %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @cos_41(%x: tensor<2x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.cos %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @cos_42(%x: tensor<f64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<f64> {
  %r = tenon.cos %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @cos_43(%x: tensor<?x1xf64> {test.range = array<f64: -2.0, 2.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.cos %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @cos_44(%x: tensor<0x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<0x3xf64> {
  %r = tenon.cos %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @tan_45(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.tan %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @tan_46(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<f64> {
  %r = tenon.tan %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @tan_47(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.tan %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @tan_48(%x: tensor<0x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<0x3xf64> {
  %r = tenon.tan %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @tanh_49(%x: tensor<2x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.tanh %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @tanh_50(%x: tensor<f64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<f64> {
  %r = tenon.tanh %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @tanh_51(%x: tensor<?x1xf64> {test.range = array<f64: -2.0, 2.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.tanh %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @tanh_52(%x: tensor<0x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<0x3xf64> {
  %r = tenon.tanh %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @sigmoid_53(%x: tensor<2x3xf64> {test.range = array<f64: -3.0, 3.0>}) -> tensor<2x3xf64> {
  %r = tenon.sigmoid %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @sigmoid_54(%x: tensor<f64> {test.range = array<f64: -3.0, 3.0>}) -> tensor<f64> {
  %r = tenon.sigmoid %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @sigmoid_55(%x: tensor<?x1xf64> {test.range = array<f64: -3.0, 3.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.sigmoid %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @sigmoid_56(%x: tensor<0x3xf64> {test.range = array<f64: -3.0, 3.0>}) -> tensor<0x3xf64> {
  %r = tenon.sigmoid %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @erf_57(%x: tensor<2x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.erf %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @erf_58(%x: tensor<f64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<f64> {
  %r = tenon.erf %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @erf_59(%x: tensor<?x1xf64> {test.range = array<f64: -2.0, 2.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.erf %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @erf_60(%x: tensor<0x3xf64> {test.range = array<f64: -2.0, 2.0>}) -> tensor<0x3xf64> {
  %r = tenon.erf %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @abs_61(%x: tensor<2x3xf64> {test.range = array<f64: 0.1, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.abs %x : tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @abs_62(%x: tensor<f64> {test.range = array<f64: 0.1, 1.0>}) -> tensor<f64> {
  %r = tenon.abs %x : tensor<f64>
  return %r : tensor<f64>
}

func.func @abs_63(%x: tensor<?x1xf64> {test.range = array<f64: 0.1, 1.0>, test.dims = array<i64: 5>}) -> tensor<?x1xf64> {
  %r = tenon.abs %x : tensor<?x1xf64>
  return %r : tensor<?x1xf64>
}

func.func @abs_64(%x: tensor<0x3xf64> {test.range = array<f64: 0.1, 1.0>}) -> tensor<0x3xf64> {
  %r = tenon.abs %x : tensor<0x3xf64>
  return %r : tensor<0x3xf64>
}

func.func @abs_below_65(%x: tensor<7xf64> {test.range = array<f64: -1.0, -0.1>}) -> tensor<7xf64> {
  %r = tenon.abs %x : tensor<7xf64>
  return %r : tensor<7xf64>
}

func.func @sign_66(%x: tensor<3xf64> {test.range = array<f64: 0.6, 0.9>}) -> tensor<3xf64> {
  %s = tenon.sign %x : tensor<3xf64>
  %r = tenon.mul %s, %x : tensor<3xf64>, tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @sign_67(%x: tensor<f64> {test.range = array<f64: 0.6, 0.9>}) -> tensor<f64> {
  %s = tenon.sign %x : tensor<f64>
  %r = tenon.mul %s, %x : tensor<f64>, tensor<f64>
  return %r : tensor<f64>
}

func.func @sign_68(%x: tensor<?x2xf64> {test.range = array<f64: 0.6, 0.9>, test.dims = array<i64: 2>}) -> tensor<?x2xf64> {
  %s = tenon.sign %x : tensor<?x2xf64>
  %r = tenon.mul %s, %x : tensor<?x2xf64>, tensor<?x2xf64>
  return %r : tensor<?x2xf64>
}

func.func @floor_69(%x: tensor<3xf64> {test.range = array<f64: 0.6, 0.9>}) -> tensor<3xf64> {
  %s = tenon.floor %x : tensor<3xf64>
  %r = tenon.mul %s, %x : tensor<3xf64>, tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @floor_70(%x: tensor<f64> {test.range = array<f64: 0.6, 0.9>}) -> tensor<f64> {
  %s = tenon.floor %x : tensor<f64>
  %r = tenon.mul %s, %x : tensor<f64>, tensor<f64>
  return %r : tensor<f64>
}

func.func @floor_71(%x: tensor<?x2xf64> {test.range = array<f64: 0.6, 0.9>, test.dims = array<i64: 2>}) -> tensor<?x2xf64> {
  %s = tenon.floor %x : tensor<?x2xf64>
  %r = tenon.mul %s, %x : tensor<?x2xf64>, tensor<?x2xf64>
  return %r : tensor<?x2xf64>
}

func.func @ceil_72(%x: tensor<3xf64> {test.range = array<f64: 0.6, 0.9>}) -> tensor<3xf64> {
  %s = tenon.ceil %x : tensor<3xf64>
  %r = tenon.mul %s, %x : tensor<3xf64>, tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @ceil_73(%x: tensor<f64> {test.range = array<f64: 0.6, 0.9>}) -> tensor<f64> {
  %s = tenon.ceil %x : tensor<f64>
  %r = tenon.mul %s, %x : tensor<f64>, tensor<f64>
  return %r : tensor<f64>
}

func.func @ceil_74(%x: tensor<?x2xf64> {test.range = array<f64: 0.6, 0.9>, test.dims = array<i64: 2>}) -> tensor<?x2xf64> {
  %s = tenon.ceil %x : tensor<?x2xf64>
  %r = tenon.mul %s, %x : tensor<?x2xf64>, tensor<?x2xf64>
  return %r : tensor<?x2xf64>
}

func.func @round_75(%x: tensor<3xf64> {test.range = array<f64: 0.6, 0.9>}) -> tensor<3xf64> {
  %s = tenon.round %x : tensor<3xf64>
  %r = tenon.mul %s, %x : tensor<3xf64>, tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @round_76(%x: tensor<f64> {test.range = array<f64: 0.6, 0.9>}) -> tensor<f64> {
  %s = tenon.round %x : tensor<f64>
  %r = tenon.mul %s, %x : tensor<f64>, tensor<f64>
  return %r : tensor<f64>
}

func.func @round_77(%x: tensor<?x2xf64> {test.range = array<f64: 0.6, 0.9>, test.dims = array<i64: 2>}) -> tensor<?x2xf64> {
  %s = tenon.round %x : tensor<?x2xf64>
  %r = tenon.mul %s, %x : tensor<?x2xf64>, tensor<?x2xf64>
  return %r : tensor<?x2xf64>
}

func.func @add_78(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.add %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @add_79(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.add %x, %y : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @add_80(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4xf64> {
  %r = tenon.add %x, %y : tensor<f64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @add_81(%x: tensor<3x1xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1x4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x4xf64> {
  %r = tenon.add %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @add_82(%x: tensor<?x3xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<?x3xf64> {
  %r = tenon.add %x, %y : tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @add_83(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4x?x3xf64> {
  %r = tenon.add %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @add_84(%x: tensor<2x0xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x0xf64> {
  %r = tenon.add %x, %y : tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @add_85(%x: tensor<?x2xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x2xf64> {
  %r = tenon.add %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @sub_86(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.sub %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @sub_87(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.sub %x, %y : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @sub_88(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4xf64> {
  %r = tenon.sub %x, %y : tensor<f64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @sub_89(%x: tensor<3x1xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1x4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x4xf64> {
  %r = tenon.sub %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @sub_90(%x: tensor<?x3xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<?x3xf64> {
  %r = tenon.sub %x, %y : tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @sub_91(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4x?x3xf64> {
  %r = tenon.sub %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @sub_92(%x: tensor<2x0xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x0xf64> {
  %r = tenon.sub %x, %y : tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @sub_93(%x: tensor<?x2xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x2xf64> {
  %r = tenon.sub %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @mul_94(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.mul %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @mul_95(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.mul %x, %y : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @mul_96(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4xf64> {
  %r = tenon.mul %x, %y : tensor<f64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @mul_97(%x: tensor<3x1xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1x4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x4xf64> {
  %r = tenon.mul %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @mul_98(%x: tensor<?x3xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<?x3xf64> {
  %r = tenon.mul %x, %y : tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @mul_99(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4x?x3xf64> {
  %r = tenon.mul %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @mul_100(%x: tensor<2x0xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x0xf64> {
  %r = tenon.mul %x, %y : tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @mul_101(%x: tensor<?x2xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x2xf64> {
  %r = tenon.mul %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @div_102(%x: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.div %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @div_103(%x: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.div %x, %y : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @div_104(%x: tensor<f64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<4xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<4xf64> {
  %r = tenon.div %x, %y : tensor<f64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @div_105(%x: tensor<3x1xf64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<1x4xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<3x4xf64> {
  %r = tenon.div %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @div_106(%x: tensor<?x3xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<?x3xf64> {
  %r = tenon.div %x, %y : tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @div_107(%x: tensor<?x1xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<4x?x3xf64> {
  %r = tenon.div %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @div_108(%x: tensor<2x0xf64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<1xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x0xf64> {
  %r = tenon.div %x, %y : tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @div_109(%x: tensor<?x2xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<3x2xf64> {
  %r = tenon.div %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @pow_110(%x: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.pow %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @pow_111(%x: tensor<2x3xf64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x3xf64> {
  %r = tenon.pow %x, %y : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @pow_112(%x: tensor<f64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<4xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<4xf64> {
  %r = tenon.pow %x, %y : tensor<f64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @pow_113(%x: tensor<3x1xf64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<1x4xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<3x4xf64> {
  %r = tenon.pow %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @pow_114(%x: tensor<?x3xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<?x3xf64> {
  %r = tenon.pow %x, %y : tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @pow_115(%x: tensor<?x1xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<4x?x3xf64> {
  %r = tenon.pow %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @pow_116(%x: tensor<2x0xf64> {test.range = array<f64: 0.5, 2.0>}, %y: tensor<1xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<2x0xf64> {
  %r = tenon.pow %x, %y : tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @pow_117(%x: tensor<?x2xf64> {test.range = array<f64: 0.5, 2.0>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: 0.5, 2.0>}) -> tensor<3x2xf64> {
  %r = tenon.pow %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @max_118(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.max %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @max_119(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.max %x, %y : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @max_120(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4xf64> {
  %r = tenon.max %x, %y : tensor<f64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @max_121(%x: tensor<3x1xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1x4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x4xf64> {
  %r = tenon.max %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @max_122(%x: tensor<?x3xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<?x3xf64> {
  %r = tenon.max %x, %y : tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @max_123(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4x?x3xf64> {
  %r = tenon.max %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @max_124(%x: tensor<2x0xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x0xf64> {
  %r = tenon.max %x, %y : tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @max_125(%x: tensor<?x2xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x2xf64> {
  %r = tenon.max %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @min_126(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.min %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @min_127(%x: tensor<2x3xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x3xf64> {
  %r = tenon.min %x, %y : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @min_128(%x: tensor<f64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4xf64> {
  %r = tenon.min %x, %y : tensor<f64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @min_129(%x: tensor<3x1xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1x4xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x4xf64> {
  %r = tenon.min %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @min_130(%x: tensor<?x3xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<?x3xf64> {
  %r = tenon.min %x, %y : tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @min_131(%x: tensor<?x1xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<4x?x3xf64> {
  %r = tenon.min %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @min_132(%x: tensor<2x0xf64> {test.range = array<f64: -1.0, 1.0>}, %y: tensor<1xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<2x0xf64> {
  %r = tenon.min %x, %y : tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @min_133(%x: tensor<?x2xf64> {test.range = array<f64: -1.0, 1.0>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: -1.0, 1.0>}) -> tensor<3x2xf64> {
  %r = tenon.min %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @rem_134(%x: tensor<2x3xf64> {test.range = array<f64: 5.1, 5.4>}, %y: tensor<2x3xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<2x3xf64> {
  %r = tenon.rem %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @rem_negative_135(%x: tensor<2x3xf64> {test.range = array<f64: -5.4, -5.1>}, %y: tensor<2x3xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<2x3xf64> {
  %r = tenon.rem %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @select_136(%x: tensor<2x3xf64>, %y: tensor<2x3xf64>) -> tensor<2x3xf64> {
  %c = tenon.compare <lt> %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  %s = tenon.mul %x, %y : tensor<2x3xf64>, tensor<2x3xf64>
  %r = tenon.select %c, %s, %y : tensor<2x3xi1>, tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @clamp_137(%x: tensor<2x3xf64> {test.range = array<f64: -2.0, 2.0>}, %y: tensor<2x3xf64> {test.range = array<f64: 0.4, 0.6>}) -> tensor<2x3xf64> {
  %low = tenon.neg %y : tensor<2x3xf64>
  %r = tenon.clamp %x, %low, %y : tensor<2x3xf64>, tensor<2x3xf64>, tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}

func.func @rem_138(%x: tensor<2x3xf64> {test.range = array<f64: 5.1, 5.4>}, %y: tensor<3xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<2x3xf64> {
  %r = tenon.rem %x, %y : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @rem_negative_139(%x: tensor<2x3xf64> {test.range = array<f64: -5.4, -5.1>}, %y: tensor<3xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<2x3xf64> {
  %r = tenon.rem %x, %y : tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @select_140(%x: tensor<2x3xf64>, %y: tensor<3xf64>) -> tensor<2x3xf64> {
  %c = tenon.compare <lt> %x, %y : tensor<2x3xf64>, tensor<3xf64>
  %s = tenon.mul %x, %y : tensor<2x3xf64>, tensor<3xf64>
  %r = tenon.select %c, %s, %y : tensor<2x3xi1>, tensor<2x3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @clamp_141(%x: tensor<2x3xf64> {test.range = array<f64: -2.0, 2.0>}, %y: tensor<3xf64> {test.range = array<f64: 0.4, 0.6>}) -> tensor<2x3xf64> {
  %low = tenon.neg %y : tensor<3xf64>
  %r = tenon.clamp %x, %low, %y : tensor<2x3xf64>, tensor<3xf64>, tensor<3xf64>
  return %r : tensor<2x3xf64>
}

func.func @rem_142(%x: tensor<f64> {test.range = array<f64: 5.1, 5.4>}, %y: tensor<4xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<4xf64> {
  %r = tenon.rem %x, %y : tensor<f64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @rem_negative_143(%x: tensor<f64> {test.range = array<f64: -5.4, -5.1>}, %y: tensor<4xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<4xf64> {
  %r = tenon.rem %x, %y : tensor<f64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @select_144(%x: tensor<f64>, %y: tensor<4xf64>) -> tensor<4xf64> {
  %c = tenon.compare <lt> %x, %y : tensor<f64>, tensor<4xf64>
  %s = tenon.mul %x, %y : tensor<f64>, tensor<4xf64>
  %r = tenon.select %c, %s, %y : tensor<4xi1>, tensor<4xf64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @clamp_145(%x: tensor<f64> {test.range = array<f64: -2.0, 2.0>}, %y: tensor<4xf64> {test.range = array<f64: 0.4, 0.6>}) -> tensor<4xf64> {
  %low = tenon.neg %y : tensor<4xf64>
  %r = tenon.clamp %x, %low, %y : tensor<f64>, tensor<4xf64>, tensor<4xf64>
  return %r : tensor<4xf64>
}

func.func @rem_146(%x: tensor<3x1xf64> {test.range = array<f64: 5.1, 5.4>}, %y: tensor<1x4xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<3x4xf64> {
  %r = tenon.rem %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @rem_negative_147(%x: tensor<3x1xf64> {test.range = array<f64: -5.4, -5.1>}, %y: tensor<1x4xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<3x4xf64> {
  %r = tenon.rem %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @select_148(%x: tensor<3x1xf64>, %y: tensor<1x4xf64>) -> tensor<3x4xf64> {
  %c = tenon.compare <lt> %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  %s = tenon.mul %x, %y : tensor<3x1xf64>, tensor<1x4xf64>
  %r = tenon.select %c, %s, %y : tensor<3x4xi1>, tensor<3x4xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @clamp_149(%x: tensor<3x1xf64> {test.range = array<f64: -2.0, 2.0>}, %y: tensor<1x4xf64> {test.range = array<f64: 0.4, 0.6>}) -> tensor<3x4xf64> {
  %low = tenon.neg %y : tensor<1x4xf64>
  %r = tenon.clamp %x, %low, %y : tensor<3x1xf64>, tensor<1x4xf64>, tensor<1x4xf64>
  return %r : tensor<3x4xf64>
}

func.func @rem_150(%x: tensor<?x3xf64> {test.range = array<f64: 5.1, 5.4>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<?x3xf64> {
  %r = tenon.rem %x, %y : tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @rem_negative_151(%x: tensor<?x3xf64> {test.range = array<f64: -5.4, -5.1>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<?x3xf64> {
  %r = tenon.rem %x, %y : tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @select_152(%x: tensor<?x3xf64> {test.dims = array<i64: 5>}, %y: tensor<3xf64>) -> tensor<?x3xf64> {
  %c = tenon.compare <lt> %x, %y : tensor<?x3xf64>, tensor<3xf64>
  %s = tenon.mul %x, %y : tensor<?x3xf64>, tensor<3xf64>
  %r = tenon.select %c, %s, %y : tensor<?x3xi1>, tensor<?x3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @clamp_153(%x: tensor<?x3xf64> {test.range = array<f64: -2.0, 2.0>, test.dims = array<i64: 5>}, %y: tensor<3xf64> {test.range = array<f64: 0.4, 0.6>}) -> tensor<?x3xf64> {
  %low = tenon.neg %y : tensor<3xf64>
  %r = tenon.clamp %x, %low, %y : tensor<?x3xf64>, tensor<3xf64>, tensor<3xf64>
  return %r : tensor<?x3xf64>
}

func.func @rem_154(%x: tensor<?x1xf64> {test.range = array<f64: 5.1, 5.4>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<4x?x3xf64> {
  %r = tenon.rem %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @rem_negative_155(%x: tensor<?x1xf64> {test.range = array<f64: -5.4, -5.1>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<4x?x3xf64> {
  %r = tenon.rem %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @select_156(%x: tensor<?x1xf64> {test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64>) -> tensor<4x?x3xf64> {
  %c = tenon.compare <lt> %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  %s = tenon.mul %x, %y : tensor<?x1xf64>, tensor<4x1x3xf64>
  %r = tenon.select %c, %s, %y : tensor<4x?x3xi1>, tensor<4x?x3xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @clamp_157(%x: tensor<?x1xf64> {test.range = array<f64: -2.0, 2.0>, test.dims = array<i64: 5>}, %y: tensor<4x1x3xf64> {test.range = array<f64: 0.4, 0.6>}) -> tensor<4x?x3xf64> {
  %low = tenon.neg %y : tensor<4x1x3xf64>
  %r = tenon.clamp %x, %low, %y : tensor<?x1xf64>, tensor<4x1x3xf64>, tensor<4x1x3xf64>
  return %r : tensor<4x?x3xf64>
}

func.func @rem_158(%x: tensor<2x0xf64> {test.range = array<f64: 5.1, 5.4>}, %y: tensor<1xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<2x0xf64> {
  %r = tenon.rem %x, %y : tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @rem_negative_159(%x: tensor<2x0xf64> {test.range = array<f64: -5.4, -5.1>}, %y: tensor<1xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<2x0xf64> {
  %r = tenon.rem %x, %y : tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @select_160(%x: tensor<2x0xf64>, %y: tensor<1xf64>) -> tensor<2x0xf64> {
  %c = tenon.compare <lt> %x, %y : tensor<2x0xf64>, tensor<1xf64>
  %s = tenon.mul %x, %y : tensor<2x0xf64>, tensor<1xf64>
  %r = tenon.select %c, %s, %y : tensor<2x0xi1>, tensor<2x0xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @clamp_161(%x: tensor<2x0xf64> {test.range = array<f64: -2.0, 2.0>}, %y: tensor<1xf64> {test.range = array<f64: 0.4, 0.6>}) -> tensor<2x0xf64> {
  %low = tenon.neg %y : tensor<1xf64>
  %r = tenon.clamp %x, %low, %y : tensor<2x0xf64>, tensor<1xf64>, tensor<1xf64>
  return %r : tensor<2x0xf64>
}

func.func @rem_162(%x: tensor<?x2xf64> {test.range = array<f64: 5.1, 5.4>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<3x2xf64> {
  %r = tenon.rem %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @rem_negative_163(%x: tensor<?x2xf64> {test.range = array<f64: -5.4, -5.1>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: 1.1, 1.25>}) -> tensor<3x2xf64> {
  %r = tenon.rem %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @select_164(%x: tensor<?x2xf64> {test.dims = array<i64: 3>}, %y: tensor<3x2xf64>) -> tensor<3x2xf64> {
  %c = tenon.compare <lt> %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  %s = tenon.mul %x, %y : tensor<?x2xf64>, tensor<3x2xf64>
  %r = tenon.select %c, %s, %y : tensor<3x2xi1>, tensor<3x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @clamp_165(%x: tensor<?x2xf64> {test.range = array<f64: -2.0, 2.0>, test.dims = array<i64: 3>}, %y: tensor<3x2xf64> {test.range = array<f64: 0.4, 0.6>}) -> tensor<3x2xf64> {
  %low = tenon.neg %y : tensor<3x2xf64>
  %r = tenon.clamp %x, %low, %y : tensor<?x2xf64>, tensor<3x2xf64>, tensor<3x2xf64>
  return %r : tensor<3x2xf64>
}

func.func @pow_zero_166(%x: tensor<3xf64> {test.value = array<f64: 0.0, 2.0, 3.0>}) -> tensor<3xf64> {
  %two = tenon.constant dense<[2.0, 3.0, 0.0]> : tensor<3xf64>
  %r = tenon.pow %x, %two : tensor<3xf64>, tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @relu_167(%x: tensor<9xf64>) -> tensor<9xf64> {
  %z = tenon.constant dense<0.0> : tensor<f64>
  %r = tenon.max %x, %z : tensor<9xf64>, tensor<f64>
  return %r : tensor<9xf64>
}

func.func @cast_168(%x: tensor<3xf64> {test.value = array<f64: 0.5, 0.25, -1.5>}) -> tensor<3xf64> {
  %i = tenon.cast %x : tensor<3xf64> to tensor<3xi32>
  %f = tenon.cast %i : tensor<3xi32> to tensor<3xf64>
  %r = tenon.mul %f, %x : tensor<3xf64>, tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @stop_gradient_169(%x: tensor<3xf64>) -> tensor<3xf64> {
  %s = tenon.stop_gradient %x : tensor<3xf64>
  %z = tenon.sub %x, %s : tensor<3xf64>, tensor<3xf64>
  %k = tenon.add %s, %z : tensor<3xf64>, tensor<3xf64>
  %d = tenon.sub %k, %x : tensor<3xf64>, tensor<3xf64>
  %q = tenon.stop_gradient %d : tensor<3xf64>
  %r = tenon.add %q, %x : tensor<3xf64>, tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @cast_170(%x: tensor<f64> {test.value = array<f64: 0.5>}) -> tensor<f64> {
  %i = tenon.cast %x : tensor<f64> to tensor<i32>
  %f = tenon.cast %i : tensor<i32> to tensor<f64>
  %r = tenon.mul %f, %x : tensor<f64>, tensor<f64>
  return %r : tensor<f64>
}

func.func @stop_gradient_171(%x: tensor<f64>) -> tensor<f64> {
  %s = tenon.stop_gradient %x : tensor<f64>
  %z = tenon.sub %x, %s : tensor<f64>, tensor<f64>
  %k = tenon.add %s, %z : tensor<f64>, tensor<f64>
  %d = tenon.sub %k, %x : tensor<f64>, tensor<f64>
  %q = tenon.stop_gradient %d : tensor<f64>
  %r = tenon.add %q, %x : tensor<f64>, tensor<f64>
  return %r : tensor<f64>
}

func.func @cast_172(%x: tensor<?x2xf64> {test.value = array<f64: 0.5, 0.25, -1.5, 2.25>, test.dims = array<i64: 2>}) -> tensor<?x2xf64> {
  %i = tenon.cast %x : tensor<?x2xf64> to tensor<?x2xi32>
  %f = tenon.cast %i : tensor<?x2xi32> to tensor<?x2xf64>
  %r = tenon.mul %f, %x : tensor<?x2xf64>, tensor<?x2xf64>
  return %r : tensor<?x2xf64>
}

func.func @stop_gradient_173(%x: tensor<?x2xf64> {test.dims = array<i64: 2>}) -> tensor<?x2xf64> {
  %s = tenon.stop_gradient %x : tensor<?x2xf64>
  %z = tenon.sub %x, %s : tensor<?x2xf64>, tensor<?x2xf64>
  %k = tenon.add %s, %z : tensor<?x2xf64>, tensor<?x2xf64>
  %d = tenon.sub %k, %x : tensor<?x2xf64>, tensor<?x2xf64>
  %q = tenon.stop_gradient %d : tensor<?x2xf64>
  %r = tenon.add %q, %x : tensor<?x2xf64>, tensor<?x2xf64>
  return %r : tensor<?x2xf64>
}
