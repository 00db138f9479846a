#pragma once
/// How the looking after runs beside the traffic. Part of ledger.hpp; for the files that implement it.

#include "store/sqlite/ledger.hpp"

namespace causeway::sqlite {

std::uint64_t used_bytes(Connection& connection);

inline bool told_to_stop(const Tell& tell, double part) {
    return tell && !tell(part);
}

template <class T>
Result<T> SqliteLedger::wait(std::future<Result<T>> result) {
    while (driven_ && result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) (void)writer_.turn();
    return result.get();
}

template <class T>
Result<T> SqliteLedger::on_writer(std::function<Result<T>(WriteContext&)> work) {
    using Work = std::function<Result<T>(WriteContext&)>;
    const auto result = std::make_shared<std::promise<Result<T>>>();
    submit<T, Work>([](WriteContext& context, const Work& todo) { return todo(context); }, std::move(work),
                    [result](Result<T> done) { result->set_value(std::move(done)); });
    return wait(result->get_future());
}

}  // namespace causeway::sqlite
