/** Messages of a topic mostly stand together, so that one sum a run is enough. */
export const countByTopic = (
  messages: readonly { topic: string }[],
  add: (topic: string, count: number) => void,
): void => {
  for (let i = 0; i < messages.length; ) {
    const topic = messages[i]?.topic ?? ''
    const start = i
    while (messages[i]?.topic === topic) i++
    add(topic, i - start)
  }
}
