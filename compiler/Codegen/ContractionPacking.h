// Constant inputs of contractions, laid out while compiling as their tiles read them.
#pragma once

#include "compiler/Codegen/ContractionTiling.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/SymbolTable.h"

namespace mlir::tenon {

/// A loop as an input sees it: how often it runs, and elements from one step to the next.
struct PackedAxis {
  int64_t extent, stride;
  bool operator==(const PackedAxis &) const = default;
};

/// An input as panels of columns, one after the other, in each of which the steps of the reduction follow each other:
/// [outer loops...][panel][reduction...][columns of the panel]. A tile reads it from its first byte to its last.
/// Nothing is padded: it has as many elements as the input, and the panel that begins with column c begins c * depth()
/// in.
struct PackedLayout {
  SmallVector<PackedAxis> outer, reduction;
  PackedAxis columns;
  SmallVector<ColumnSplit> splits;
  bool operator==(const PackedLayout &) const = default;

  /// Elements of one column.
  int64_t depth() const;
};

/// Loops that an input varies along besides columns, in the nest's order.
struct PackedLoops {
  SmallVector<unsigned> outer, reduction;
};
PackedLoops getPackedLoops(const Contraction &contraction, const ContractionAccess &access, unsigned columnLoop);

/// The input (0: lhs, 1: rhs) whose memory may be in any order: a constant whose dimensions are loops of `contraction`,
/// with the output's contiguous loop and all reduction loops among them.
std::optional<unsigned> findConstantInput(const Contraction &contraction);

/// An input that a loop around its contraction only reads: it can be laid out once for all steps.
struct SteadyInput {
  /// 0: lhs, 1: rhs.
  unsigned operand;
  /// The outermost loop that leaves it alone.
  scf::ForOp loop;
  /// Its steps, where they are known.
  std::optional<int64_t> steps;
};

/// An input as `findConstantInput` wants it, but for the constant.
std::optional<SteadyInput> findSteadyInput(const Contraction &contraction);

/// Whether the panels of the input `tiling.constant` are what it is already.
bool liesInPanels(const Contraction &contraction, const ContractionTiling &tiling);

/// Lays out constants of a module. One is packed where all its users are contractions that want the same layout, and
/// lie in another: there is one copy of it, before and after.
class ConstantPacker {
public:
  explicit ConstantPacker(ModuleOp module) : symbols(module) {}

  /// `contraction` reads its constant input under `tiling`.
  void request(const Contraction &contraction, const ContractionTiling &tiling);
  /// Once every contraction has asked: packs what can be.
  void pack();
  /// Whether the constant input of `contraction`, which has asked, is packed.
  bool isPacked(const Contraction &contraction) const;
  /// That copy as a flat memref, which begins to exist where `builder` stands.
  Value get(OpBuilder &builder, const Contraction &contraction) const;
  /// Once every contraction is emitted: erases the originals of what was packed.
  void eraseOriginals();

private:
  struct Constant {
    PackedLayout layout;
    /// The contractions that read it.
    unsigned requests = 0;
    bool agreed = true;
    memref::GlobalOp packed;
    /// Where the original is read.
    SmallVector<memref::GetGlobalOp> reads;
  };
  SymbolTable symbols;
  llvm::MapVector<StringAttr, Constant> constants;
  DenseMap<Operation *, StringAttr> names;
};

} // namespace mlir::tenon
