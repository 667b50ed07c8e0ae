#include "python/task.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace hanok::python {

namespace {

// lambda x: x + 1, declared as a long: what a client sends for it, made with the build's Python.
std::string pickled_function(const std::string& source) {
    std::string command =
        std::string(HANOK_BUILD_PYTHON) +
        " -c \"import sys; from pyspark import cloudpickle; from pyspark.sql.types import *; "
        "sys.stdout.buffer.write(cloudpickle.dumps((" +
        source + ")))\"";
    std::string out;
    FILE* pipe = ::popen(("SPARK_HOME=/nowhere " + command).c_str(), "r");
    char buffer[4096];
    while (auto n = ::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, n);
    ::pclose(pipe);
    return out;
}

std::string python_version() {
    FILE* pipe = ::popen((std::string(HANOK_BUILD_PYTHON) +
                             " -c \"import sys; print('%d.%d' % sys.version_info[:2], end='')\"")
                             .c_str(),
        "r");
    char buffer[64];
    auto n = ::fread(buffer, 1, sizeof buffer, pipe);
    ::pclose(pipe);
    return {buffer, n};
}

TaskSpec row_function(const std::string& source) {
    TaskSpec spec;
    spec.eval_type = 100;
    spec.python_version = python_version();
    spec.commands = {{{{0, ""}}, {pickled_function(source)}}};
    return spec;
}

// [(1,), (2,)]
void send_two_rows(Task& task) {
    std::string frame;
    put_text(&frame, std::string_view("\x80\x03](K\x01\x85K\x02\x85"
                                      "e.",
                         12));
    task.send(std::move(frame));
    std::string end;
    put_int(&end, static_cast<int32_t>(Mark::kEndOfDataSection));
    task.send(std::move(end));
    task.end_input();
}

void run(Task& task) {
    task.pump();
    while (!task.is_done()) {
        Task::wait({&task}, [] { return false; });
        task.pump();
    }
}

std::string condition_of(Task& task) {
    try {
        run(task);
    } catch (const Error& e) {
        return e.condition();
    }
    return "";
}

class TaskTest : public testing::Test {
protected:
    WorkerPool pool{PoolOptions{}};
};

TEST_F(TaskTest, GivesResultsAndUsesTheWorkerAgain) {
    auto spec = row_function("lambda x: x + 1, LongType()");
    int pid = 0;
    for (int i = 0; i < 2; ++i) {
        auto worker = pool.acquire();
        if (i == 1) {
            EXPECT_EQ((*worker)->pid(), pid);
        }
        pid = (*worker)->pid();
        Task task(std::move(worker), spec, 0);
        send_two_rows(task);
        run(task);
        EXPECT_TRUE(task.take_pickle().has_value());
    }
}

TEST_F(TaskTest, RaisesWhatTheFunctionRaises) {
    auto spec = row_function("lambda x: x / 0, LongType()");
    Task task(pool.acquire(), spec, 0);
    send_two_rows(task);
    try {
        run(task);
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "PYTHON_EXCEPTION");
        EXPECT_EQ(e.parameters().at("msg"), "ZeroDivisionError: division by zero");
        EXPECT_NE(e.parameters().at("traceback").find("Traceback"), std::string::npos);
    }
}

TEST_F(TaskTest, NoticesADeadWorker) {
    auto spec = row_function(
        "lambda x: __import__('os').kill(__import__('os').getpid(), 9), LongType()");
    Task task(pool.acquire(), spec, 0);
    send_two_rows(task);
    EXPECT_EQ(condition_of(task), "HANOK_PYTHON_WORKER_CRASHED");
}

TEST_F(TaskTest, EndsASilentWorker) {
    auto spec = row_function("lambda x: __import__('time').sleep(600), LongType()");
    spec.silence_limit_ms = 1500;
    auto worker = pool.acquire();
    int pid = (*worker)->pid();
    {
        Task task(std::move(worker), spec, 0);
        send_two_rows(task);
        EXPECT_EQ(condition_of(task), "HANOK_PYTHON_TIMEOUT");
    }
    EXPECT_EQ(pool.busy(), 0);
    for (int i = 0; i < 500 && ::kill(pid, 0) == 0; ++i) ::usleep(10000);
    EXPECT_NE(::kill(pid, 0), 0);
}

TEST_F(TaskTest, RefusesAnotherPython) {
    auto spec = row_function("lambda x: x, LongType()");
    spec.python_version = "2.7";
    Task task(pool.acquire(), spec, 0);
    send_two_rows(task);
    EXPECT_EQ(condition_of(task), "PYTHON_EXCEPTION");
}

// What the function says of a file, with these options: "" when it could be read.
std::string error_of_reading(const std::string& path, PoolOptions options) {
    WorkerPool pool(std::move(options));
    Task task(
        pool.acquire(), row_function("lambda x: len(open('" + path + "').read()), LongType()"), 0);
    send_two_rows(task);
    try {
        run(task);
    } catch (const Error& e) {
        return e.parameters().at("msg");
    }
    return "";
}

class ConfinementTest : public testing::Test {
protected:
    void SetUp() override {
        if (!Confinement::make({})) GTEST_SKIP() << "this kernel has no Landlock";
        std::ofstream(file) << "secret";
    }
    std::string folder = testing::TempDir() + "hanok_confinement_" + std::to_string(::getpid());
    std::string file = (std::filesystem::create_directories(folder), folder + "/file");
};

TEST_F(ConfinementTest, FilesOfTheServerAreOutOfReach) {
    auto error = error_of_reading(file, {});
    EXPECT_EQ(error.rfind("PermissionError", 0), 0u) << error;
    PoolOptions allowed;
    allowed.allowed->readable = {folder};
    EXPECT_EQ(error_of_reading(file, allowed), "");
    PoolOptions open;
    open.allowed.reset();
    EXPECT_EQ(error_of_reading(file, open), "");
}

TEST_F(ConfinementTest, WorkersMayWriteTemporaryFilesOnly) {
    WorkerPool pool{PoolOptions{}};
    auto writing = [&](const std::string& to) {
        Task task(pool.acquire(), row_function("lambda x: " + to + ", LongType()"), 0);
        send_two_rows(task);
        return condition_of(task);
    };
    EXPECT_EQ(writing("__import__('tempfile').TemporaryFile('w').write('x')"), "");
    EXPECT_EQ(writing("open('" + folder + "/new', 'w').write('x')"), "PYTHON_EXCEPTION");
}

// Workers of a session stand in the folder of its files, import from it, and others do not see it.
TEST_F(TaskTest, ASessionsFilesAreItsWorkersAlone) {
    std::string folder = std::filesystem::temp_directory_path().string() + "/added-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    std::ofstream(folder + "/added_module.py") << "VALUE = len(open('data').read())\n";
    std::ofstream(folder + "/data") << "12345";
    auto spec = row_function("lambda x: x + __import__('added_module').VALUE, LongType()");
    spec.files.folder = folder;
    Task task(pool.acquire("pyspark.worker", folder), spec, 0);
    send_two_rows(task);
    run(task);
    EXPECT_TRUE(task.take_pickle().has_value());

    auto other = row_function("lambda x: len(open('" + folder + "/data').read()), LongType()");
    Task stranger(pool.acquire(), other, 0);
    send_two_rows(stranger);
    EXPECT_EQ(condition_of(stranger), "PYTHON_EXCEPTION");

    pool.forget(folder);
    std::filesystem::remove_all(folder);
}

TEST(WorkerPool, SaysWhatIsMissing) {
    PoolOptions options;
    options.interpreter = "/nowhere/python3";
    WorkerPool pool(options);
    try {
        pool.acquire();
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(e.condition(), "HANOK_PYTHON_UNAVAILABLE");
    }
}

}  // namespace

}  // namespace hanok::python
