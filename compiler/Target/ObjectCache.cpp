// Files of compiled objects: checked on the way in, renamed into place on the way out, the oldest removed.
#include "compiler/Target/ObjectCache.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace mlir;
using namespace mlir::tenon;

namespace {
/// The start of every file. The checksum is of everything behind it, the key included, so that a renamed file is
/// damaged.
struct FileHeader {
  char magic[8];
  uint8_t checksum[32];
  uint8_t key[32];
  uint64_t signatureBytes, objectBytes;
};
constexpr char fileMagic[8] = {'T', 'E', 'N', 'O', 'N', 'J', 'I', '1'};
constexpr StringLiteral suffix = ".tenonjit";

struct Descriptor {
  int fd;
  explicit Descriptor(int fd) : fd(fd) {}
  ~Descriptor() {
    if (fd >= 0)
      ::close(fd);
  }
  Descriptor(const Descriptor &) = delete;
};

/// Reads or writes `size` bytes by as many calls as it takes.
template <typename Byte> bool transferAll(ssize_t (*transfer)(int, Byte *, size_t), int fd, void *data, size_t size) {
  auto *bytes = static_cast<char *>(data);
  while (size) {
    ssize_t n = transfer(fd, bytes, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    bytes += n;
    size -= n;
  }
  return true;
}
bool readAll(int fd, void *data, size_t size) { return transferAll(::read, fd, data, size); }
bool writeAll(int fd, const void *data, size_t size) {
  return transferAll(::write, fd, const_cast<void *>(data), size);
}

void computeChecksum(const FileHeader &header, StringRef contents, uint8_t (&checksum)[32]) {
  llvm::BLAKE3 hasher;
  hasher.update(llvm::ArrayRef(header.key));
  hasher.update(llvm::ArrayRef(reinterpret_cast<const uint8_t *>(&header.signatureBytes), 2 * sizeof(uint64_t)));
  hasher.update(contents);
  auto result = hasher.final<32>();
  std::memcpy(checksum, result.data(), 32);
}

std::string findDirectory() {
  if (const char *dir = std::getenv("TENON_CACHE_DIR"))
    return dir;
  if (const char *dir = std::getenv("XDG_CACHE_HOME"); dir && *dir)
    return std::string(dir) + "/tenon";
  const char *home = std::getenv("HOME");
  if (!home || !*home) {
    const passwd *user = ::getpwuid(::geteuid());
    home = user ? user->pw_dir : nullptr;
  }
  return home && *home ? std::string(home) + "/.cache/tenon" : std::string();
}

/// Makes the directory and its parents; only the last has to be private.
bool makeDirectories(const std::string &path) {
  for (size_t i = 1; i < path.size(); ++i)
    if (path[i] == '/' && ::mkdir(path.substr(0, i).c_str(), 0777) && errno != EEXIST)
      return false;
  return !::mkdir(path.c_str(), 0700) || errno == EEXIST;
}
/// Makes the directory where it is missing, and says what speaks against loading code from it; empty: nothing.
std::string prepareDirectory(const std::string &directory) {
  if (directory.empty())
    return "neither TENON_CACHE_DIR, XDG_CACHE_HOME nor HOME names a directory";
  std::string subject = "the cache directory '" + directory + "' ";
  if (!makeDirectories(directory))
    return subject + "cannot be made: " + std::strerror(errno);
  struct stat status;
  if (::lstat(directory.c_str(), &status))
    return subject + "cannot be read: " + std::strerror(errno);
  // Code that is loaded from here runs as this user: whoever can write here could run anything.
  if (!S_ISDIR(status.st_mode))
    return subject + "is not a directory (or is a symbolic link)";
  if (status.st_uid != ::geteuid())
    return subject + "belongs to user " + llvm::utostr(status.st_uid) + ", but this is user " +
           llvm::utostr(::geteuid());
  if (status.st_mode & 077) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(status.st_mode & 07777));
    return subject + "has mode " + mode + ", but others must have no access to it (chmod 700)";
  }
  if (::access(directory.c_str(), R_OK | W_OK | X_OK))
    return subject + "cannot be written: " + std::strerror(errno);
  return "";
}
} // namespace

ObjectCache::ObjectCache(Options given) : options(std::move(given)) {
  directory = options.directory.empty() ? findDirectory() : options.directory;
  while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
  if (directory == "off") {
    reason = "the persistent cache is turned off";
    return;
  }
  std::string why = prepareDirectory(directory);
  enabled = why.empty();
  if (!enabled)
    reason = "compiled functions are not kept: " + why;
}

std::string ObjectCache::getPath(const CacheKey &key) const {
  return directory + "/" + llvm::toHex(ArrayRef<uint8_t>(key), /*LowerCase=*/true) + suffix.str();
}

std::optional<CacheEntry> ObjectCache::load(const CacheKey &key) {
  if (!enabled)
    return std::nullopt;
  std::string path = getPath(key);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (file.fd < 0)
    return std::nullopt;
  struct stat status;
  if (::fstat(file.fd, &status) || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 022))
    return std::nullopt;

  CacheEntry entry;
  FileHeader header;
  std::string contents;
  auto isWhole = [&] {
    if (static_cast<uint64_t>(status.st_size) < sizeof header || !readAll(file.fd, &header, sizeof header) ||
        std::memcmp(header.magic, fileMagic, sizeof fileMagic) || std::memcmp(header.key, key.data(), key.size()))
      return false;
    uint64_t bytes = status.st_size - sizeof header;
    if (header.signatureBytes > bytes || header.objectBytes != bytes - header.signatureBytes)
      return false;
    contents.resize(bytes);
    if (!readAll(file.fd, contents.data(), bytes))
      return false;
    uint8_t checksum[32];
    computeChecksum(header, contents, checksum);
    return !std::memcmp(checksum, header.checksum, sizeof checksum);
  };
  if (!isWhole()) {
    ::unlink(path.c_str());
    return std::nullopt;
  }
  entry.signature = contents.substr(0, header.signatureBytes);
  entry.object.append(contents.begin() + header.signatureBytes, contents.end());
  // The time of modification is the time of the last use.
  ::futimens(file.fd, nullptr);
  return entry;
}

void ObjectCache::store(const CacheKey &key, const CacheEntry &entry) {
  if (!enabled)
    return;
  static std::atomic<unsigned> counter;
  unsigned count = counter++;
  std::string path = getPath(key);
  std::string beside = path + "." + llvm::utostr(::getpid()) + "." + llvm::utostr(count) + ".tmp";
  FileHeader header = {};
  std::memcpy(header.magic, fileMagic, sizeof fileMagic);
  std::memcpy(header.key, key.data(), key.size());
  header.signatureBytes = entry.signature.size();
  header.objectBytes = entry.object.size();
  std::string contents = entry.signature;
  contents.append(entry.object.begin(), entry.object.end());
  computeChecksum(header, contents, header.checksum);

  bool done = false;
  {
    Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (file.fd < 0)
      return;
    done = writeAll(file.fd, &header, sizeof header) && writeAll(file.fd, contents.data(), contents.size());
  }
  if (!done || ::rename(beside.c_str(), path.c_str())) {
    ::unlink(beside.c_str());
    return;
  }
  // By chance and not by count: short-lived processes that each store a little trim as often as one that stores much.
  if (options.trimInterval <= 1 || key[0] % options.trimInterval == count % options.trimInterval)
    trim();
}

void ObjectCache::trim() {
  DIR *listing = enabled ? ::opendir(directory.c_str()) : nullptr;
  if (!listing)
    return;
  auto close = llvm::make_scope_exit([&] { ::closedir(listing); });
  struct File {
    std::string name;
    uint64_t bytes;
    timespec time;
  };
  std::vector<File> files;
  uint64_t total = 0;
  timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  while (dirent *item = ::readdir(listing)) {
    StringRef name = item->d_name;
    bool isTemporary = name.ends_with(".tmp") && name.contains(suffix);
    struct stat status;
    if ((!name.ends_with(suffix) && !isTemporary) ||
        ::fstatat(::dirfd(listing), item->d_name, &status, AT_SYMLINK_NOFOLLOW))
      continue;
    if (isTemporary) {
      // Its writer died: writing takes less than an hour.
      if (now.tv_sec - status.st_mtim.tv_sec > 3600)
        ::unlinkat(::dirfd(listing), item->d_name, 0);
      continue;
    }
    uint64_t bytes = static_cast<uint64_t>(status.st_blocks) * 512;
    files.push_back({name.str(), bytes, status.st_mtim});
    total += bytes;
  }
  if (total <= options.maxBytes)
    return;
  llvm::sort(files, [](const File &a, const File &b) {
    return std::make_pair(a.time.tv_sec, a.time.tv_nsec) < std::make_pair(b.time.tv_sec, b.time.tv_nsec);
  });
  for (const File &file : files) {
    if (total <= options.maxBytes / 4 * 3)
      break;
    if (!::unlinkat(::dirfd(listing), file.name.c_str(), 0))
      total -= file.bytes;
  }
}
