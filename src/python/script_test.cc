#include "python/script.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace hanok::python {
namespace {

PoolOptions options() {
    PoolOptions out;
    out.memory_limit_bytes = int64_t{1} << 30;
    return out;
}

std::vector<std::string> lines_of(const std::string& command, const std::string& input) {
    auto script = Script::start(command, options());
    script->add(input);
    script->finish();
    std::vector<std::string> out;
    for (;;) {
        script->pump();
        std::string_view line;
        while (script->next_line(&line)) out.emplace_back(line);
        if (script->is_done()) return out;
        script->wait();
    }
}

TEST(Script, lines_in_lines_out) {
    EXPECT_EQ(lines_of("cat", "a\nb\n"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(lines_of("tr a-z A-Z | sort -r", "a\nb\n"), (std::vector<std::string>{"B", "A"}));
    EXPECT_EQ(lines_of("printf 'no end'", ""), (std::vector<std::string>{"no end"}));
    EXPECT_EQ(lines_of("true", "left unread\n"), std::vector<std::string>{});
}

TEST(Script, moves_more_than_pipes_hold) {
    std::string input;
    for (int i = 0; i < 300000; ++i) input += std::to_string(i) + "\n";
    EXPECT_EQ(lines_of("cat", input).size(), 300000U);
}

TEST(Script, failure_says_code_and_text) {
    try {
        lines_of("echo wrong >&2; exit 3", "");
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.parameters().at("exitCode"), "3");
        EXPECT_EQ(e.parameters().at("stderrBuffer"), "wrong\n");
    }
}

TEST(Script, sees_no_environment_of_the_server) {
    ::setenv("HANOK_TEST_SECRET", "x", 1);
    EXPECT_EQ(lines_of("echo \"[$HANOK_TEST_SECRET]\"", ""), (std::vector<std::string>{"[]"}));
}

TEST(Script, killed_when_it_is_left) {
    auto script = Script::start("sleep 1000 & sleep 1000", options());
    script->pump();
    script.reset();  // must not wait
}

}  // namespace
}  // namespace hanok::python
