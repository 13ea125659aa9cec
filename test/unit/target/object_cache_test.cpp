// The persistent cache: what it keeps, what it refuses, what it throws away.
#include "compiler/Target/ObjectCache.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir::tenon;
namespace fs = std::filesystem;

namespace {

struct ObjectCacheTest : testing::Test {
  void SetUp() override {
    char name[] = "/tmp/tenon-cache-XXXXXX";
    root = ::mkdtemp(name);
    options.directory = (root / "cache").string();
  }
  void TearDown() override { fs::remove_all(root); }

  static CacheKey makeKey(uint8_t first) {
    CacheKey key{};
    key[0] = first;
    key[31] = 7;
    return key;
  }
  static CacheEntry makeEntry(const std::string &text) {
    CacheEntry entry;
    entry.signature = "signature of " + text;
    entry.object.append(text.begin(), text.end());
    return entry;
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> result;
    for (const auto &item : fs::directory_iterator(options.directory)) result.push_back(item.path());
    return result;
  }
  static std::string text(const CacheEntry &entry) { return std::string(entry.object.begin(), entry.object.end()); }

  fs::path root;
  ObjectCache::Options options;
};

TEST_F(ObjectCacheTest, KeepsWhatWasStored) {
  ObjectCache(options).store(makeKey(1), makeEntry("code"));
  ObjectCache cache(options);
  std::optional<CacheEntry> entry = cache.load(makeKey(1));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->signature, "signature of code");
  EXPECT_EQ(text(*entry), "code");
  EXPECT_FALSE(cache.load(makeKey(2)));
}

TEST_F(ObjectCacheTest, MakesAPrivateDirectory) {
  ObjectCache cache(options);
  ASSERT_TRUE(cache.isEnabled()) << cache.getReason().str();
  struct stat status;
  ASSERT_EQ(::stat(options.directory.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  cache.store(makeKey(1), makeEntry("code"));
  ASSERT_EQ(::stat(files().front().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(ObjectCacheTest, RefusesADirectoryThatOthersCanWrite) {
  fs::create_directory(options.directory);
  ASSERT_EQ(::chmod(options.directory.c_str(), 0755), 0);
  ObjectCache cache(options);
  EXPECT_FALSE(cache.isEnabled());
  EXPECT_EQ(cache.getReason().str(), "compiled functions are not kept: the cache directory '" + options.directory +
                                         "' has mode 0755, but others must have no access to it (chmod 700)");
  cache.store(makeKey(1), makeEntry("code"));
  EXPECT_FALSE(cache.load(makeKey(1)));
  EXPECT_TRUE(files().empty());
}

TEST_F(ObjectCacheTest, RefusesADirectoryOfAnotherUser) {
  if (::geteuid() != 0)
    GTEST_SKIP() << "needs root to give a directory away";
  fs::create_directory(options.directory);
  ::chmod(options.directory.c_str(), 0700);
  ASSERT_EQ(::chown(options.directory.c_str(), 12345, 12345), 0);
  ObjectCache cache(options);
  EXPECT_FALSE(cache.isEnabled());
  EXPECT_NE(cache.getReason().str().find("belongs to user 12345, but this is user 0"), std::string::npos)
      << cache.getReason().str();
}

TEST_F(ObjectCacheTest, RefusesASymbolicLinkAndAFile) {
  fs::create_directory(root / "elsewhere");
  ::chmod((root / "elsewhere").c_str(), 0700);
  fs::create_directory_symlink(root / "elsewhere", options.directory);
  EXPECT_FALSE(ObjectCache(options).isEnabled());
  options.directory = (root / "file").string();
  std::ofstream(options.directory) << "x";
  ObjectCache cache(options);
  EXPECT_FALSE(cache.isEnabled());
  EXPECT_NE(cache.getReason().str().find("is not a directory"), std::string::npos) << cache.getReason().str();
}

TEST_F(ObjectCacheTest, IgnoresAFileThatOthersCanWrite) {
  ObjectCache cache(options);
  cache.store(makeKey(1), makeEntry("code"));
  ::chmod(files().front().c_str(), 0622);
  EXPECT_FALSE(cache.load(makeKey(1)));
}

// Every byte that is changed, and every length that is too short, is noticed, and the file goes.
TEST_F(ObjectCacheTest, ThrowsAwayDamagedEntries) {
  ObjectCache cache(options);
  cache.store(makeKey(1), makeEntry("some object code"));
  fs::path path = files().front();
  std::string whole;
  {
    std::ifstream in(path, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  auto put = [&](const std::string &bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    ::chmod(path.c_str(), 0600);
  };
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] ^= 0x10;
    put(damaged);
    EXPECT_FALSE(cache.load(makeKey(1))) << "byte " << i;
    EXPECT_FALSE(fs::exists(path)) << "byte " << i;
    put(whole.substr(0, i));
    EXPECT_FALSE(cache.load(makeKey(1))) << "length " << i;
  }
  put(whole + "x");
  EXPECT_FALSE(cache.load(makeKey(1)));
  put(whole);
  EXPECT_TRUE(cache.load(makeKey(1)));
}

TEST_F(ObjectCacheTest, DoesNotTakeAnEntryForAnother) {
  ObjectCache cache(options);
  cache.store(makeKey(1), makeEntry("one"));
  fs::path one = files().front();
  cache.store(makeKey(2), makeEntry("two"));
  for (const fs::path &path : files())
    if (path != one)
      fs::copy_file(one, path, fs::copy_options::overwrite_existing);
  EXPECT_FALSE(cache.load(makeKey(2)));
}

TEST_F(ObjectCacheTest, RemovesTheLeastRecentlyUsed) {
  options.maxBytes = 64 << 10;
  options.trimInterval = 1;
  ObjectCache cache(options);
  for (uint8_t i = 0; i < 40; ++i) {
    cache.store(makeKey(i), makeEntry(std::string(4000, 'x')));
    // The first entry is used all the time.
    EXPECT_TRUE(cache.load(makeKey(0))) << int(i);
    ::usleep(2000);
  }
  EXPECT_FALSE(cache.load(makeKey(1)));
  EXPECT_TRUE(cache.load(makeKey(39)));
  uint64_t bytes = 0;
  for (const fs::path &path : files()) bytes += fs::file_size(path);
  EXPECT_LE(bytes, options.maxBytes);
}

TEST_F(ObjectCacheTest, ServesSeveralProcessesAtOnce) {
  options.maxBytes = 32 << 10;
  options.trimInterval = 1;
  std::vector<pid_t> children;
  for (int p = 0; p < 4; ++p) {
    pid_t child = ::fork();
    if (child == 0) {
      ObjectCache cache(options);
      bool good = cache.isEnabled();
      for (int i = 0; i < 200; ++i) {
        uint8_t k = (i * 7 + p) % 16;
        std::string expected(1000 + k * 100, static_cast<char>('a' + k));
        if (std::optional<CacheEntry> entry = cache.load(makeKey(k)))
          good &= text(*entry) == expected;
        else
          cache.store(makeKey(k), makeEntry(expected));
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  for (const fs::path &path : files()) EXPECT_EQ(path.extension(), ".tenonjit") << "left behind: " << path;
}

TEST_F(ObjectCacheTest, CanBeTurnedOff) {
  ::setenv("TENON_CACHE_DIR", "off", 1);
  ObjectCache cache({});
  ::unsetenv("TENON_CACHE_DIR");
  EXPECT_FALSE(cache.isEnabled());
  EXPECT_EQ(cache.getReason().str(), "the persistent cache is turned off");
}

} // namespace
