// Enumerations that select one of several kinds of an op.
#ifndef TENON_ATTRIBUTES_TD
#define TENON_ATTRIBUTES_TD

include "TenonTypes.td"

class Tenon_Enum<string name, string summary, list<I32EnumAttrCase> cases> : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::tenon";
  let genSpecializedAttr = 0;
}

def Tenon_ComparePredicate : Tenon_Enum<"ComparePredicate", "how two elements are compared", [
  I32EnumAttrCase<"eq", 0>, I32EnumAttrCase<"ne", 1>, I32EnumAttrCase<"lt", 2>,
  I32EnumAttrCase<"le", 3>, I32EnumAttrCase<"gt", 4>, I32EnumAttrCase<"ge", 5>]>;
def Tenon_ComparePredicateAttr : EnumAttr<Tenon_Dialect, Tenon_ComparePredicate, "predicate"> {
  let assemblyFormat = "`<` $value `>`";
}

def Tenon_ReduceKind : Tenon_Enum<"ReduceKind", "what a reduction computes", [
  I32EnumAttrCase<"sum", 0>, I32EnumAttrCase<"prod", 1>, I32EnumAttrCase<"max", 2>, I32EnumAttrCase<"min", 3>,
  I32EnumAttrCase<"mean", 4>, I32EnumAttrCase<"any", 5>, I32EnumAttrCase<"all", 6>]>;
def Tenon_ReduceKindAttr : EnumAttr<Tenon_Dialect, Tenon_ReduceKind, "reduction"> {
  let assemblyFormat = "`<` $value `>`";
}

def Tenon_ScatterKind : Tenon_Enum<"ScatterKind", "how a scattered update meets the element it lands on", [
  I32EnumAttrCase<"update", 0>, I32EnumAttrCase<"add", 1>]>;
def Tenon_ScatterKindAttr : EnumAttr<Tenon_Dialect, Tenon_ScatterKind, "scatter_kind"> {
  let assemblyFormat = "`<` $value `>`";
}

// The values are those of enum tenon_status in the runtime.
def Tenon_RaiseCode : I32EnumAttr<"RaiseCode", "which error a check inside a function reports", [
    I32EnumAttrCase<"assertion_failed", 6>, I32EnumAttrCase<"index_out_of_range", 7>,
    I32EnumAttrCase<"shape_mismatch", 8>]> {
  let cppNamespace = "::mlir::tenon";
}

#endif
