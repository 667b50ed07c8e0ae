// Every input of the corpus once: what crashed a target before does not again.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "fuzz/targets.h"

namespace hanok::fuzz {
namespace {

using Target = void (*)(const uint8_t*, size_t);

size_t replay(const std::string& name, Target target) {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("fuzz/corpus/" + name)) {
        SCOPED_TRACE(entry.path().string());
        std::ostringstream bytes;
        bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        auto text = bytes.str();
        EXPECT_NO_THROW(target(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
        ++count;
    }
    return count;
}

TEST(CorpusTest, parser) { EXPECT_GT(replay("parser", parser), 100u); }
TEST(CorpusTest, translator) { EXPECT_GT(replay("translator", translator), 50u); }
TEST(CorpusTest, arrow) { EXPECT_GT(replay("arrow", arrow), 10u); }

}  // namespace
}  // namespace hanok::fuzz
