// tenon-opt: runs passes and named pipelines on a file of IR.
#include "compiler/Pipelines/Register.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::tenon::registerDialects(registry);
  mlir::tenon::registerPasses();
  mlir::tenon::registerPipelines();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Tenon's optimizer driver\n", registry));
}
