// Writes beside, then renames.
#include "compiler/Target/OutputFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

static llvm::Error cannotWrite(StringRef path, const std::string &reason) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "cannot write '" + path + "': " + reason);
}

llvm::Error mlir::tenon::writeFile(StringRef path, StringRef contents) {
  if (path == "-") {
    llvm::outs() << contents;
    llvm::outs().flush();
    if (llvm::outs().has_error()) {
      std::string reason = llvm::outs().error().message();
      llvm::outs().clear_error();
      return cannotWrite("standard output", reason);
    }
    return llvm::Error::success();
  }
  // What is not a plain file (/dev/null, a pipe) can neither be replaced nor be left half written.
  llvm::sys::fs::file_status status;
  if (!llvm::sys::fs::status(path, status) && llvm::sys::fs::exists(status) &&
      !llvm::sys::fs::is_regular_file(status)) {
    if (llvm::sys::fs::is_directory(status))
      return cannotWrite(path, "it is a directory");
    std::error_code ec;
    llvm::raw_fd_ostream stream(path, ec);
    if (ec)
      return cannotWrite(path, ec.message());
    stream << contents;
    stream.close();
    ec = stream.error();
    stream.clear_error();
    return ec ? cannotWrite(path, ec.message()) : llvm::Error::success();
  }

  llvm::Expected<llvm::sys::fs::TempFile> file =
      llvm::sys::fs::TempFile::create(path + ".%%%%%%%%.tmp", llvm::sys::fs::all_read | llvm::sys::fs::all_write);
  if (!file)
    return cannotWrite(path, llvm::toString(file.takeError()));
  {
    llvm::raw_fd_ostream stream(file->FD, /*shouldClose=*/false);
    stream << contents;
    stream.flush();
    if (std::error_code ec = stream.error()) {
      stream.clear_error();
      llvm::consumeError(file->discard());
      return cannotWrite(path, ec.message());
    }
  }
  if (llvm::Error error = file->keep(path)) {
    std::string reason = llvm::toString(std::move(error));
    llvm::consumeError(file->discard());
    return cannotWrite(path, reason);
  }
  return llvm::Error::success();
}
