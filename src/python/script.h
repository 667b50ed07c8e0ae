#pragma once
// One command of the shell: bytes go in, lines come out. Nothing here waits but wait().

#include <memory>
#include <string>
#include <string_view>

#include "python/worker_pool.h"

namespace hanok::python {

class Script {
public:
    // Runs `bash -c command`, confined and limited as workers are. Throws
    // Error HANOK_PYTHON_UNAVAILABLE.
    static std::unique_ptr<Script> start(const std::string& command, const PoolOptions& options);
    // Kills it, and what it started, if it still runs.
    ~Script();
    Script(const Script&) = delete;
    Script& operator=(const Script&) = delete;

    // More input; is_full() says when to stop adding until something has moved.
    void add(std::string_view bytes);
    bool is_full() const;
    void finish();  // no more input

    // Moves what can be moved now.
    void pump();
    // Waits, not long, until something can be moved.
    void wait() const;
    // The next line of output, without its end; false if none is there now. Valid until pump().
    bool next_line(std::string_view* line);
    // True when all output was taken. Throws the script's failure: an exit code other than 0.
    bool is_done();

private:
    Script() = default;
    void write_input();
    void read_output();
    void read_errors();
    void close_input();

    int pid_ = -1;
    int input_ = -1;
    int output_ = -1;
    int errors_ = -1;
    bool is_last_ = false;  // finish() was called
    std::string to_write_;
    size_t written_ = 0;
    std::string read_;
    size_t taken_ = 0;
    std::string error_text_;  // the last of what it printed there
    std::unique_ptr<PrivateFolder> folder_;
    std::unique_ptr<Confinement> confinement_;
};

}  // namespace hanok::python
