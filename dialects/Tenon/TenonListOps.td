// Lists that grow: values of their own, whose elements lie in memory that the host gives while a function runs.
#ifndef TENON_LIST_OPS_TD
#define TENON_LIST_OPS_TD

include "TenonAttributes.td"

def Tenon_ListAccess : I32EnumAttr<"ListAccess", "which element of a list is meant", [
    I32EnumAttrCase<"push", 0>, I32EnumAttrCase<"pop", 1>, I32EnumAttrCase<"get", 2>]> {
  let cppNamespace = "::mlir::tenon";
}
def Tenon_ListResource : Resource<"::mlir::tenon::ListResource">;
class Tenon_ElementOf<string value, string container>
    : TypesMatchWith<"`" # value # "` has the type of an element", container, value,
                     "::mlir::tenon::getListElement($_self)">;
defvar Tenon_OfList = "A list is used once: what an op makes of it takes its place, and what is read of it is read before.";

// Not speculatable, and never merged: two lists that begin alike are two.
def Tenon_ListCreateOp : Tenon_Op<"list_create"> {
  let summary = "an empty list";
  let semantics = "A list without elements. " # Tenon_OfList # " Its memory is the host's (`tenon_context::allocate`), and is "
                  "given back when the call ends, also by an error.";
  let example = "%list = tenon.list_create : !tenon.list<tensor<?x4xf32>>  // !tenon.list<tensor<?x4xf32>>";
  let arguments = (ins);
  let results = (outs Res<Tenon_List, "", [MemAlloc<Tenon_ListResource>]>:$list);
  let assemblyFormat = "attr-dict `:` type($list)";
}

// Of values, so that they are differentiated and removed as others are; but they may fail, and do not run early.
def Tenon_ListPushOp : Tenon_Op<"list_push", [NoMemoryEffect, AllTypesMatch<["list", "result"]>, Tenon_ElementOf<"value", "list">]> {
  let summary = "the list with one more element at its end";
  let semantics = "The elements of `list` and then `value`. Where the host has no memory for it, the call ends with the code of a "
                  "host that failed.";
  let constraints = "(C1) `value` has the type of the list's elements.";
  let example = "// %x : tensor<4xf32>, %list : !tenon.list<tensor<4xf32>>\n"
                "%more = tenon.list_push %x, %list : !tenon.list<tensor<4xf32>>  // !tenon.list<tensor<4xf32>>";
  let arguments = (ins Tenon_Tensor:$value, Tenon_List:$list);
  let results = (outs Tenon_List:$result);
  let assemblyFormat = "$value `,` $list attr-dict `:` type($list)";
}
def Tenon_ListPopOp : Tenon_Op<"list_pop", [NoMemoryEffect, AllTypesMatch<["list", "result"]>, Tenon_ElementOf<"value", "list">]> {
  let summary = "the list without its last element, and that element";
  let semantics = "All elements of `list` but the last, and the last, whose open sizes are `dims`: those with which it was "
                  "pushed. The list is not empty.";
  let constraints = "(C1) There is one of `dims` for each open dimension of an element.";
  let example = "// %list : !tenon.list<tensor<?xf32>>, %n : tensor<i64>\n"
                "%less, %x = tenon.list_pop %list dims(%n) : !tenon.list<tensor<?xf32>>"
                "  // !tenon.list<tensor<?xf32>>, tensor<?xf32>";
  let arguments = (ins Tenon_List:$list, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_List:$result, Tenon_Tensor:$value);
  let assemblyFormat = "$list (`dims` `(` $dims^ `)`)? attr-dict `:` type($list)";
  let hasVerifier = 1;
}
def Tenon_ListGetOp : Tenon_Op<"list_get", [NoMemoryEffect, Tenon_Reify, Tenon_ElementOf<"value", "list">]> {
  let summary = "one element of a list, by its index";
  let semantics = "Element `index` of `list`, whose open sizes are `dims`: those with which each of them was pushed. An index "
                  "outside of the list ends the call with the code `index_out_of_range`.";
  let constraints = "(C1) There is one of `dims` for each open dimension of an element.";
  let example = "// %list : !tenon.list<tensor<4xf32>>, %i : tensor<i64>\n"
                "%x = tenon.list_get %list[%i] : !tenon.list<tensor<4xf32>>  // tensor<4xf32>";
  let arguments = (ins Tenon_List:$list, Tenon_DimTensor:$index, Variadic<Tenon_DimTensor>:$dims);
  let results = (outs Tenon_Tensor:$value);
  let assemblyFormat = "$list `[` $index `]` (`dims` `(` $dims^ `)`)? attr-dict `:` type($list)";
  let hasVerifier = 1;
}
def Tenon_ListSizeOp : Tenon_Op<"list_size", [NoMemoryEffect]> {
  let summary = "the number of elements of a list";
  let semantics = "How many elements `list` has.";
  let example = "// %list : !tenon.list<tensor<4xf32>>\n"
                "%n = tenon.list_size %list : !tenon.list<tensor<4xf32>>  // tensor<i64>";
  let arguments = (ins Tenon_List:$list);
  let results = (outs Tenon_DimTensor:$size);
  let assemblyFormat = "$list attr-dict `:` type($list)";
}

// What they become beside linalg: one list in memory, and effects in program order.
def Tenon_ListSlotOp : Tenon_Op<"list_slot", [MemoryEffects<[MemRead<Tenon_ListResource>, MemWrite<Tenon_ListResource>]>,
                                              Tenon_Reify, AttrSizedOperandSegments]> {
  let summary = "where an element of a list lies";
  let semantics = "The memory of an element: of a new one at the end (`push`), of the last, which the list then no longer has "
                  "(`pop`), or of the one at `index` (`get`), which was compared with the list's size. It stays where it is until "
                  "a push takes the place of what was popped. `sizes` are the open ones.";
  let constraints = "(C1) There is one of `sizes` for each open dimension. (C2) `get` has an index, and only it.";
  let example = "// %list : !tenon.list<tensor<?xf32>>, %n : index, %i : index\n"
                "%new = tenon.list_slot push %list(%n) : !tenon.list<tensor<?xf32>> -> memref<?xf32>  // memref<?xf32>\n"
                "%old = tenon.list_slot get %list[%i](%n) : !tenon.list<tensor<?xf32>> -> memref<?xf32>  // memref<?xf32>";
  let arguments = (ins Tenon_ListAccess:$access, Tenon_List:$list, Optional<Index>:$index, Variadic<Index>:$sizes);
  let results = (outs Tenon_Buffer:$slot);
  let assemblyFormat = [{ $access $list (`[` $index^ `]`)? (`(` $sizes^ `)`)? attr-dict `:` type($list) `->` type($slot) }];
  let hasVerifier = 1;
}
def Tenon_ListCountOp : Tenon_Op<"list_count", [MemoryEffects<[MemRead<Tenon_ListResource>]>]> {
  let summary = "how many elements a list in memory has now";
  let semantics = "The number of elements at this point of the program.";
  let example = "// %list : !tenon.list<tensor<4xf32>>\n%n = tenon.list_count %list : !tenon.list<tensor<4xf32>>  // index";
  let arguments = (ins Tenon_List:$list);
  let results = (outs Index:$count);
  let assemblyFormat = "$list attr-dict `:` type($list)";
}

#endif
