#pragma once
/// Resumes coroutines that waited for the ledger: those of one commit group together.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <memory>
#include <mutex>
#include <vector>

namespace causeway::pipeline {

/// One an execution context, made on first use. The ledger's writer calls the completions of a group back to back;
/// posting each of them would lock the context's queue and wake one of its threads as often. Here the first one of a
/// group posts, and the others go along. Threads: any.
class Wakeups final : public boost::asio::execution_context::service {
public:
    using key_type = Wakeups;
    static boost::asio::execution_context::id id;

    /// What is to run, on an executor of the same context.
    class Resumption {
    public:
        virtual ~Resumption() = default;
        virtual void run() = 0;
    };

    explicit Wakeups(boost::asio::execution_context& context) : service(context) {}

    static Wakeups& of(const boost::asio::any_io_executor& executor);
    void push(boost::asio::any_io_executor executor, std::unique_ptr<Resumption> resumption);

private:
    struct Waiting {
        boost::asio::any_io_executor executor;
        std::unique_ptr<Resumption> resumption;
    };

    void shutdown() override;
    void drain();
    static void resume(std::vector<Waiting>& some);

    std::mutex mutex_;
    std::vector<Waiting> waiting_;
    bool posted_ = false;
};

}  // namespace causeway::pipeline
