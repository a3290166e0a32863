/** Where screen readers listen. It stands in the page from the beginning, else they miss the first sentence. */
const region = document.createElement('div')
region.className = 'unseen'
region.setAttribute('role', 'status')
region.setAttribute('aria-live', 'polite')
document.body.append(region)

const MOST_SENTENCES = 30

/** Says a sentence to those who hear the page. */
export function announce(sentence: string | undefined): void {
  if (!sentence) return
  const line = document.createElement('p')
  line.textContent = sentence
  region.append(line)
  while (region.childElementCount > MOST_SENTENCES) region.firstElementChild?.remove()
}
